"""Checks of place, time and light."""

from survey.domain.checks.kinds import LIKELY_WRONG, LOOK, MEASURED, NOTE, OWN, CheckKind

WHERE_WHEN: dict[str, CheckKind] = {
    "far_from_site": CheckKind(
        "place", LIKELY_WRONG, "Vị trí cách đối tượng {distance_m} m (sai số {accuracy_m} m).",
        "The position is {distance_m} m from the site (accuracy {accuracy_m} m).",
        "Khoảng cách từ vị trí tới đối tượng trong sổ bộ (với đường: tới tuyến đường), trừ sai số của vị trí và {site_radius_m} m sai số"
        " của sổ bộ, lớn hơn {far_from_site_m} m. Vị trí có sai số trên {usable_accuracy_m} m không được so sánh.",
        "The distance from the position to the registered site (to its line for a road), less the position's radius and {site_radius_m} m"
        " for the register's, is more than {far_from_site_m} m. A position with a radius above {usable_accuracy_m} m is not compared.",
        MEASURED, ("far_from_site_m", "site_radius_m", "assumed_accuracy_m"),
    ),
    "off_site": CheckKind(
        "place", LOOK, "Vị trí hơi xa đối tượng: {distance_m} m (sai số {accuracy_m} m).",
        "The position is a little away from the site: {distance_m} m (accuracy {accuracy_m} m).",
        "Khoảng cách từ vị trí tới đối tượng lớn hơn {near_site_m} m và lớn hơn sai số của vị trí cộng {site_radius_m} m sai số của sổ bộ,"
        " nhưng chưa tới mức sai chỗ.",
        "The distance from the position to the site is more than {near_site_m} m and more than the position's radius and {site_radius_m} m"
        " for the register's together, and not yet a mismatch.",
        MEASURED, ("near_site_m", "site_radius_m", "assumed_accuracy_m"),
    ),
    "outside_commune": CheckKind(
        "place", LIKELY_WRONG, "Vị trí nằm ngoài ranh giới xã {distance_m} m.",
        "The position lies {distance_m} m outside the commune's border.",
        "Vị trí nằm ngoài ranh giới xã quá {border_buffer_m} m.",
        "The position lies more than {border_buffer_m} m outside the commune's border.",
        MEASURED, ("border_buffer_m",),
    ),
    "outside_hamlet": CheckKind(
        "place", LOOK, "Vị trí ở giữa các đối tượng của thôn khác ({hamlets}), không phải của thôn đã chọn.",
        "The position is among the sites of another hamlet ({hamlets}), not of the one chosen.",
        "Chỉ xét khi đối tượng chưa có vị trí trong sổ bộ: năm đối tượng gần nhất trong vòng {neighbour_m} m đều thuộc thôn khác. Thôn"
        " không có ranh giới trên bản đồ, nên đây chỉ là dấu hiệu để xem lại.",
        "Only where the site has no position in the register: the five nearest sites within {neighbour_m} m all belong to other hamlets."
        " Hamlets have no border on a map, so this only asks for a look.",
        OWN, ("neighbour_m",),
    ),
    "position_vague": CheckKind(
        "place", LOOK, "Vị trí quá kém chính xác để dùng (sai số {accuracy_m} m).",
        "The position is too vague to be used (accuracy {accuracy_m} m).",
        "Sai số của vị trí lớn hơn {usable_accuracy_m} m: máy không bắt được vệ tinh.",
        "The position's radius is more than {usable_accuracy_m} m: the device had no satellites.",
        MEASURED, ("usable_accuracy_m",),
    ),
    "position_by_hand": CheckKind(
        "place", NOTE, "Vị trí do người dùng đặt trên bản đồ, không phải do máy đo.",
        "The position was put on a map by hand; no device measured it.",
        "Điện thoại ghi rằng vị trí được chọn bằng tay.", "The phone says that the position was chosen by hand.",
    ),
    "no_position": CheckKind(
        "place", LOOK, "Bài nộp không có vị trí nào.", "The submission has no position at all.",
        "Cả bài nộp và các ảnh đều không có vị trí.", "Neither the submission nor any of its photos has a position.",
    ),
    "photo_without_position": CheckKind(
        "place", NOTE, "Ảnh không có vị trí.", "The photo has no position.",
        "Điện thoại không gửi vị trí cùng ảnh và trong tệp ảnh cũng không có.",
        "The phone sent no position with the photo, and the file holds none.",
    ),
    "position_zero": CheckKind(
        "place", NOTE, "Ảnh ghi vị trí 0,0: máy không biết mình ở đâu.",
        "The photo gives the position 0,0: the camera did not know where it was.",
        "Tệp ảnh ghi vĩ độ 0 và kinh độ 0.", "The file gives latitude 0 and longitude 0.",
    ),
    "exif_elsewhere": CheckKind(
        "place", LIKELY_WRONG, "Vị trí ghi trong ảnh cách vị trí điện thoại {distance_m} m.",
        "The position inside the photo is {distance_m} m from the phone's.",
        "Khoảng cách giữa vị trí ghi trong tệp ảnh và vị trí điện thoại gửi kèm, sau khi trừ sai số của cả hai, lớn hơn {exif_apart_m} m.",
        "The distance between the position in the file and the one that the phone sent along, less both radii, is more than {exif_apart_m}"
        " m.",
        MEASURED, ("exif_apart_m", "assumed_accuracy_m"),
    ),
    "camera_clock_off": CheckKind(
        "time", LOOK, "Giờ máy ảnh {taken_at} khác giờ vệ tinh {gps_at} trong cùng tệp ảnh.",
        "The camera's time {taken_at} differs from the satellites' time {gps_at} in the same file.",
        "Giờ chụp và giờ vệ tinh (GPS) ghi trong một tệp ảnh chênh nhau hơn {camera_gps_s} giây. Không ghi múi giờ thì coi là giờ Việt"
        " Nam.",
        "The time of capture and the satellites' time in one file differ by more than {camera_gps_s} s. Without an offset the camera is"
        " taken to run on Viet Nam's time.",
        MEASURED, ("camera_gps_s",),
    ),
    "taken_in_future": CheckKind(
        "time", LIKELY_WRONG, "Giờ chụp {taken_at} sau lúc nhận {received_at}: đồng hồ sai.",
        "Taken at {taken_at}, after it was received at {received_at}: a clock is wrong.",
        "Giờ chụp muộn hơn lúc máy chủ nhận bài quá {future_min} phút, sau khi đã trừ phần đồng hồ điện thoại chạy sai.",
        "The time of capture is more than {future_min} minutes after the server received it, by how much the phone's clock was off already"
        " taken into account.",
        MEASURED, ("future_min",),
    ),
    "visit_in_future": CheckKind(
        "time", LIKELY_WRONG, "Điện thoại ghi buổi khảo sát kết thúc lúc {ended_at}, sau lúc nhận {received_at}: đồng hồ điện thoại sai.",
        "The phone says that the visit ended at {ended_at}, after it was received at {received_at}: its clock is wrong.",
        "Giờ kết thúc muộn hơn lúc máy chủ nhận bài quá {future_min} phút, sau khi đã trừ phần đồng hồ điện thoại chạy sai.",
        "The visit's end is more than {future_min} minutes after the server received it, by how much the phone's clock was off already"
        " taken into account.",
        MEASURED, ("future_min",),
    ),
    "taken_outside_visit": CheckKind(
        "time", LOOK, "Giờ chụp {taken_at} nằm ngoài buổi khảo sát ({visit_at}).",
        "Taken at {taken_at}, outside the visit ({visit_at}).",
        "Ảnh chụp trước khi mở phiếu hơn {before_visit_min} phút, hoặc sau khi đã kết thúc phiếu.",
        "Taken more than {before_visit_min} minutes before the form was opened, or after it was finished.",
        MEASURED, ("before_visit_min",),
    ),
    "before_round": CheckKind(
        "time", LOOK, "Ảnh chụp lúc {taken_at}, trước đợt khảo sát bắt đầu ngày {round_at} khá lâu.",
        "Taken at {taken_at}, well before the round that began on {round_at}.",
        "Ảnh chụp sớm hơn ngày bắt đầu đợt khảo sát quá {before_round_days} ngày.",
        "Taken more than {before_round_days} days before the round began.",
        MEASURED, ("before_round_days",),
    ),
    "phone_clock_off": CheckKind(
        "time", LOOK, "Đồng hồ điện thoại chạy {drift} so với máy chủ lúc gửi bài.",
        "The phone's clock was {drift} of the server's when it sent.",
        "Đồng hồ điện thoại lúc gửi bài chênh với máy chủ hơn {clock_drift_min} phút. Các giờ của điện thoại được trừ phần chênh này trước"
        " khi so với giờ máy chủ.",
        "The phone's clock differed from the server's by more than {clock_drift_min} minutes when it sent. The phone's times are corrected"
        " by this before they are compared with the server's.",
        MEASURED, ("clock_drift_min",),
    ),
    "not_daylight": CheckKind(
        "light", LOOK, "Ảnh cần chụp ngoài trời nhưng ánh sáng quá yếu cho ban ngày (LV {lv}, mặt trời cao {sun_deg}°): có thể chụp trong"
        " nhà hoặc chụp lại từ màn hình, giấy in.",
        "A photo asked for outdoors has too little light for the day (LV {lv}, sun {sun_deg}° high): perhaps a room, a screen or a print.",
        "Giá trị ánh sáng tính từ khẩu độ, thời gian phơi sáng và ISO thấp hơn {daylight_lv}, trong khi mặt trời ở nơi và lúc chụp cao hơn"
        " {sun_high_deg}°. Chỉ xét câu hỏi ảnh mà phiếu ghi là ngoài trời.",
        "The light value from aperture, exposure and ISO is below {daylight_lv} while the sun stood more than {sun_high_deg}° high there"
        " and then. Only for photos that the form asks for outdoors.",
        MEASURED, ("daylight_lv", "sun_high_deg"),
    ),
    "sun_down_bright": CheckKind(
        "light", LIKELY_WRONG, "Ảnh sáng như ban ngày (LV {lv}) trong khi mặt trời đã lặn ({sun_deg}°): giờ hoặc vị trí không đúng.",
        "The photo has daylight (LV {lv}) although the sun was down ({sun_deg}°): its time or place is wrong.",
        "Giá trị ánh sáng cao hơn {night_lv} trong khi mặt trời thấp hơn {sun_night_deg}°.",
        "The light value is above {night_lv} while the sun was lower than {sun_night_deg}°.",
        MEASURED, ("night_lv", "sun_night_deg"),
    ),
    "taken_at_night": CheckKind(
        "light", LOOK, "Ảnh ngoài trời chụp ban đêm (mặt trời {sun_deg}°).", "An outdoor photo taken at night (sun {sun_deg}°).",
        "Mặt trời ở nơi và lúc chụp thấp hơn {sun_night_deg}°. Chỉ xét câu hỏi ảnh mà phiếu ghi là ngoài trời.",
        "The sun was lower than {sun_night_deg}° there and then. Only for photos that the form asks for outdoors.",
        MEASURED, ("sun_night_deg",),
    ),
}  # fmt: skip
