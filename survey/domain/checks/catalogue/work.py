"""Checks of how a person moved and filled in, of the form's own rules, and of consent."""

from survey.domain.checks.kinds import FORM, LIKELY_WRONG, LOOK, MEASURED, NOTE, OWN, TOLD, CheckKind

WORK: dict[str, CheckKind] = {
    "moved_fast": CheckKind(
        "movement", LOOK, "Cùng một người: {distance_km} km từ bài {submission} trong {minutes} phút ({speed_kmh} km/giờ).",
        "The same person: {distance_km} km from submission {submission} in {minutes} minutes ({speed_kmh} km/h).",
        "Quãng đường giữa hai vị trí liên tiếp của một người, trừ sai số của cả hai, chia cho thời gian giữa hai lần, lớn hơn {fast_mps}"
        " m/s. Chỉ xét quãng đường trên {far_hop_m} m.",
        "The distance between two consecutive positions of one person, less both radii, over the time between them is more than {fast_mps}"
        " m/s. Only for distances above {far_hop_m} m.",
        OWN, ("fast_mps", "far_hop_m"),
    ),
    "moved_impossibly": CheckKind(
        "movement", LIKELY_WRONG, "Không ai đi nhanh như vậy: {distance_km} km từ bài {submission} trong {minutes} phút ({speed_kmh}"
        " km/giờ).",
        "Nobody moves so fast: {distance_km} km from submission {submission} in {minutes} minutes ({speed_kmh} km/h).",
        "Quãng đường giữa hai vị trí liên tiếp của một người, trừ sai số của cả hai, chia cho thời gian giữa hai lần, lớn hơn"
        " {impossible_mps} m/s. Chỉ xét quãng đường trên {far_hop_m} m.",
        "The distance between two consecutive positions of one person, less both radii, over the time between them is more than"
        " {impossible_mps} m/s. Only for distances above {far_hop_m} m.",
        OWN, ("impossible_mps", "far_hop_m"),
    ),
    "two_at_once": CheckKind(
        "movement", LOOK, "Cùng một người kết thúc phiếu này và bài {submission} cách nhau {seconds} giây, ở hai nơi cách nhau"
        " {distance_m} m.",
        "The same person finished this and submission {submission} {seconds} s apart, at places {distance_m} m apart.",
        "Hai phiếu của một người kết thúc cách nhau chưa tới {at_once_s} giây, ở hai vị trí cách nhau hơn {at_once_m} m sau khi trừ sai"
        " số.",
        "Two checklists of one person were finished less than {at_once_s} s apart, at positions more than {at_once_m} m apart less both"
        " radii.",
        OWN, ("at_once_s", "at_once_m"),
    ),
    "same_spot": CheckKind(
        "movement", LOOK, "Tọa độ trùng từng chữ số với bài {submissions} ({sites}).",
        "The position is the same to the last digit as in submission {submissions} ({sites}).",
        "Vĩ độ và kinh độ (từ 6 chữ số thập phân) trùng hệt với bài khác về một đối tượng cách hơn {same_spot_m} m, hoặc cách hơn"
        " {same_spot_min} phút, hoặc khác ngày. Máy đo thật không lặp lại như vậy; phần mềm giả vị trí thì có.",
        "Latitude and longitude (of at least 6 decimals) are the very same as in a submission about a site more than {same_spot_m} m away,"
        " or more than {same_spot_min} minutes apart, or of another day. A real receiver does not repeat itself so; an app that fakes"
        " positions does.",
        MEASURED, ("same_spot_m", "same_spot_min"),
    ),
    "accuracy_zero": CheckKind(
        "movement", LOOK, "Điện thoại ghi sai số đúng 0 m: không máy nào đo được như vậy.",
        "The phone gives a radius of exactly 0 m: no device measures so.",
        "Sai số của vị trí do điện thoại gửi đúng bằng 0. Máy đo không cho sai số 0; vị trí giả thì có.",
        "The radius of the phone's position is exactly 0. No receiver gives 0; faked positions do.",
        TOLD,
    ),
    "altitude_zero": CheckKind(
        "movement", NOTE, "Cả {count} vị trí điện thoại ghi đều có độ cao đúng 0 m.",
        "All {count} positions that the phone gave have an altitude of exactly 0 m.",
        "Mọi vị trí điện thoại gửi kèm ảnh có ghi độ cao (từ hai vị trí trở lên) đều ghi đúng 0 m. Vị trí giả hay có như vậy; ở vùng sát"
        " biển có thể là thật.",
        "Every position that came with the photos and has an altitude (at least two do) gives exactly 0 m. Faked positions often do; on the"
        " coast it may be true.",
        TOLD,
    ),
    "day_too_full": CheckKind(
        "movement", LOOK, "Cùng một người khảo sát {count} đối tượng trong {minutes} phút của ngày này.",
        "The same person surveyed {count} sites within {minutes} minutes of that day.",
        "Một người khảo sát trên {day_sites} đối tượng trong một ngày; hoặc từ {pace_sites} đối tượng trở lên mà trung bình mỗi đối tượng"
        " chưa tới {pace_s} giây. Cảnh báo nằm ở bài cuối cùng của ngày.",
        "One person surveyed more than {day_sites} sites in a day; or {pace_sites} or more at less than {pace_s} s for each. The flag"
        " stands on the day's last submission.",
        OWN, ("day_sites", "pace_sites", "pace_s"),
    ),
    "filled_fast": CheckKind(
        "filling", LOOK, "Phiếu có {count} câu trả lời được điền trong {seconds} giây.",
        "{count} answers were filled in within {seconds} s.",
        "Thời gian từ lúc mở đến lúc kết thúc phiếu ngắn hơn {seconds_a_question} giây cho mỗi câu trả lời. Chỉ xét phiếu có từ"
        " {few_answers} câu trả lời trở lên.",
        "From opening to finishing took less than {seconds_a_question} s for each answer. Only for checklists with {few_answers} answers"
        " or more.",
        OWN, ("seconds_a_question", "few_answers"),
    ),
    "answers_identical": CheckKind(
        "filling", LOOK, "Mọi câu trả lời giống hệt bài của {count} đối tượng khác: {sites}.",
        "All answers are the very same as for {count} other sites: {sites}.",
        "Cùng một người, cùng phiếu, cùng đợt: mọi câu trả lời (không kể đối tượng, ảnh, vị trí, giờ) giống hệt với ít nhất"
        " {identical_sites} đối tượng khác. Chỉ xét phiếu đủ nhiều câu trả lời và số liệu.",
        "The same person, checklist and round: all answers (site, photos, positions and times left out) are the very same as for at least"
        " {identical_sites} other sites. Only for checklists with enough answers and figures.",
        OWN, ("identical_sites",),
    ),
    "straight_lined": CheckKind(
        "filling", NOTE, "Cả {count} câu cùng danh sách lựa chọn đều được trả lời như nhau.",
        "All {count} questions with the same choices got the same answer.",
        "Từ {straight_answers} câu chọn một có chung danh sách lựa chọn trở lên, và mọi câu đều được trả lời như nhau.",
        "{straight_answers} or more single-choice questions share a list of choices, and all of them have the same answer.",
        OWN, ("straight_answers",),
    ),
    "answers_missing": CheckKind(
        "form", LOOK, "Thiếu câu trả lời bắt buộc: {questions}.", "Required answers are missing: {questions}.",
        "Phiếu yêu cầu những câu này phải được trả lời.", "The form requires these questions to be answered.", FORM,
    ),
    "answers_impossible": CheckKind(
        "form", LOOK, "Câu trả lời trái điều kiện của phiếu: {questions}.",
        "Answers break the form's conditions: {questions}.",
        "Câu trả lời không đúng kiểu hoặc trái điều kiện mà phiếu đặt ra.",
        "An answer is not of its type, or breaks a condition of the form.",
        FORM,
    ),
    "consent_refused": CheckKind(
        "consent", LOOK, "Người dân không đồng ý cho chụp ảnh.", "The people of the place refused to be photographed.",
        "Điện thoại đã hỏi và ghi câu trả lời “không đồng ý”.", "The phone asked, and the answer was no.",
    ),
    "consent_not_given": CheckKind(
        "consent", NOTE, "Chưa có sự đồng ý chụp ảnh: không có ai để hỏi, hoặc chưa hỏi.",
        "Nobody gave consent to the photos: nobody was there, or nobody was asked.",
        "Điện thoại có mục hỏi sự đồng ý, và ghi rằng không ai trả lời.",
        "The phone offers the question, and says that nobody answered it.",
    ),
}  # fmt: skip
