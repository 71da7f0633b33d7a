"""Checks of a photo's reuse, origin and quality."""

from survey.domain.checks.kinds import LIKELY_WRONG, LOOK, MEASURED, NOTE, CheckKind

_REUSE_VI = " Không tính ảnh trong cùng một bài, các lần sửa của một bài, và phiếu khác của cùng hộ trong cùng ngày."
_REUSE_EN = " Photos of one submission, versions of one submission and other checklists of the same site on the same day do not count."

PICTURES: dict[str, CheckKind] = {
    "seen_before": CheckKind(
        "reuse", LIKELY_WRONG, "Ảnh này đã dùng cho {sites} (bài {submissions}).",
        "This photo was already used for {sites} (submission {submissions}).",
        "Tệp ảnh trùng từng byte (SHA-256) với tệp của một bài nhận trước." + _REUSE_VI,
        "The file is the same byte for byte (SHA-256) as one of a submission that was received earlier." + _REUSE_EN,
        "the same SHA-256",
    ),
    "used_again": CheckKind(
        "reuse", LOOK, "Ảnh này về sau được dùng lại cho {sites} (bài {submissions}).",
        "This photo was used again later, for {sites} (submission {submissions}).",
        "Một bài nhận sau có tệp trùng từng byte, hoặc ảnh khác không quá {same_picture_bits} trong 64 bit." + _REUSE_VI,
        "A submission that was received later has the same file, or a picture that differs in at most {same_picture_bits} of 64 bits."
        + _REUSE_EN,
        MEASURED, ("same_picture_bits",),
    ),
    "looks_like": CheckKind(
        "reuse", LIKELY_WRONG, "Gần như chắc chắn là ảnh đã dùng cho {sites} (bài {submissions}): {how}, khác {distance}/64 dấu hiệu.",
        "Very likely the picture that was used for {sites} (submission {submissions}): {how}, {distance} of 64 bits differ.",
        "Dấu vân ảnh (pHash) của một phần ảnh khác dấu của ảnh cũ không quá {same_picture_bits} trong 64 bit, kể cả khi đã cắt, lật, xoay"
        " hoặc đóng dấu." + _REUSE_VI,
        "The perceptual hash of a part of the picture differs from an older picture's in at most {same_picture_bits} of 64 bits, also"
        " where it was cropped, mirrored, turned or stamped." + _REUSE_EN,
        MEASURED, ("same_picture_bits",),
    ),
    "may_look_like": CheckKind(
        "reuse", LOOK, "Ảnh giống ảnh của {sites} (bài {submissions}): {how}, khác {distance}/64 dấu hiệu. Hãy so hai ảnh.",
        "The picture resembles one of {sites} (submission {submissions}): {how}, {distance} of 64 bits differ. Compare the two.",
        "Dấu vân ảnh khác nhau hơn {same_picture_bits} nhưng không quá {alike_picture_bits} trong 64 bit." + _REUSE_VI,
        "The perceptual hashes differ in more than {same_picture_bits}, but at most {alike_picture_bits} of 64 bits." + _REUSE_EN,
        MEASURED, ("same_picture_bits", "alike_picture_bits"),
    ),
    "metadata_missing": CheckKind(
        "origin", LOOK, "Ảnh chụp bằng máy ảnh của điện thoại nhưng tệp không còn thông tin máy và giờ chụp.",
        "Taken with the phone's camera, but the file has lost the camera's name and the time of capture.",
        "Tệp không có hãng máy, kiểu máy và giờ chụp. Ảnh gốc từ máy ảnh điện thoại luôn có; ứng dụng trò chuyện xóa chúng.",
        "The file has neither maker, model nor time of capture. Originals of a phone's camera always have them; chat apps take them out.",
        MEASURED,
    ),
    "metadata_unchecked": CheckKind(
        "origin", NOTE, "Không kiểm tra được nguồn gốc: ảnh chọn từ thư viện, tệp không còn thông tin máy và giờ chụp.",
        "The origin cannot be checked: a picked file without the camera's name and the time of capture.",
        "Ảnh được chọn từ thư viện hoặc thêm tại bàn, và tệp không có hãng máy, kiểu máy và giờ chụp.",
        "The photo was picked or added at a desk, and the file has neither maker, model nor time of capture.",
        MEASURED,
    ),
    "chat_app": CheckKind(
        "origin", LOOK, "Tệp mang dấu hiệu đã gửi qua ứng dụng trò chuyện hoặc mạng xã hội.",
        "The file shows signs of having been sent through a chat app or a social network.",
        "Tệp JPEG dạng JFIF, quét lũy tiến, không có EXIF; hoặc mang dấu FBMD của Facebook và Messenger.",
        "A JFIF, progressive JPEG without EXIF; or one with the mark FBMD of Facebook and Messenger.",
        MEASURED,
    ),
    "screenshot": CheckKind(
        "origin", LOOK, "Tệp giống ảnh chụp màn hình điện thoại.", "The file looks like a screenshot of a phone.",
        "Tệp PNG có khổ của màn hình điện thoại và không ghi hãng máy ảnh.", "A PNG of a phone screen's shape that names no camera.",
        MEASURED,
    ),
    "edited": CheckKind(
        "origin", LOOK, "Ảnh đã qua phần mềm chỉnh sửa: {software}.", "The photo went through an editing program: {software}.",
        "Mục “Software” của tệp ghi tên một phần mềm chỉnh sửa ảnh.", "The file's Software entry names a program for editing pictures.",
        MEASURED,
    ),
    "other_thumbnail": CheckKind(
        "origin", LOOK, "Ảnh nhỏ kèm trong tệp cho thấy một ảnh khác (khác {distance}/64 dấu hiệu): ảnh đã bị sửa sau khi chụp.",
        "The thumbnail in the file shows another picture ({distance} of 64 bits differ): it was changed after capture.",
        "Dấu vân của ảnh nhỏ do máy ảnh ghi khác dấu của ảnh hơn {thumbnail_bits} trong 64 bit.",
        "The perceptual hash of the camera's own thumbnail differs from the picture's in more than {thumbnail_bits} of 64 bits.",
        MEASURED, ("thumbnail_bits",),
    ),
    "content_credentials": CheckKind(
        "origin", NOTE, "Tệp có chứng nhận nội dung (C2PA); phần mềm này không kiểm tra chứng nhận đó.",
        "The file carries content credentials (C2PA); they are not checked here.",
        "Trong tệp có khối dữ liệu C2PA.", "The file holds a C2PA block.", MEASURED,
    ),
    "blurred": CheckKind(
        "quality", NOTE, "Ảnh bị nhòe; nên chụp lại.", "The picture is blurred; better take it again.",
        "Điểm nhòe (Crete) trên {blur_score} hoặc phương sai Laplace dưới {laplacian_variance}, đo trên ảnh 640 px. Cứ 100 ảnh nét có"
        " khoảng 2 ảnh bị báo nhầm.",
        "The re-blur score (Crete) is above {blur_score} or the variance of the Laplacian below {laplacian_variance}, both at 640 px."
        " About 2 of 100 sharp photos are named by mistake.",
        MEASURED, ("blur_score", "laplacian_variance"),
    ),
    "dark": CheckKind(
        "quality", NOTE, "Ảnh tối, khó thấy chi tiết.", "The picture is dark; details are hard to see.",
        "Độ sáng trung bình dưới {dark_mean} hoặc 95 % số điểm ảnh tối hơn {dark_p95} (thang 0–255).",
        "The mean brightness is below {dark_mean}, or 95 % of the pixels are darker than {dark_p95} (of 255).",
        MEASURED, ("dark_mean", "dark_p95"),
    ),
    "black": CheckKind(
        "quality", LOOK, "Ảnh gần như đen hoàn toàn.", "The picture is all but black.",
        "Độ sáng trung bình dưới {black_mean} (thang 0–255).", "The mean brightness is below {black_mean} (of 255).",
        MEASURED, ("black_mean",),
    ),
    "burnt": CheckKind(
        "quality", NOTE, "Ảnh cháy sáng: {share_percent} % diện tích trắng xóa.",
        "The picture is burnt out: {share_percent} % of it is white.",
        "Tỷ lệ điểm ảnh sáng hơn 250 (thang 0–255) vượt {burnt_share}.",
        "The share of pixels brighter than 250 (of 255) is above {burnt_share}.",
        MEASURED, ("burnt_share",),
    ),
    "low_resolution": CheckKind(
        "quality", NOTE, "Ảnh nhỏ, khó thấy chi tiết.", "The picture is small; details are hard to see.",
        "Cạnh dài của ảnh ngắn hơn 1000 điểm ảnh.", "The longer side is shorter than 1000 pixels.", MEASURED,
    ),
    "pixels_damaged": CheckKind(
        "quality", LOOK, "Dữ liệu ảnh bị hỏng một phần; hãy gửi lại hoặc chụp lại.",
        "Part of the picture's data is damaged; send it again or take it again.",
        "Ảnh vẫn mở được, nhưng bộ giải mã chặt chẽ báo dữ liệu không đúng như máy ảnh đã ghi.",
        "The picture opens, but a strict decoder finds data that no camera wrote.", MEASURED,
    ),
    "broken_pixels": CheckKind(
        "quality", LOOK, "Không mở được ảnh; hãy chụp lại.", "The picture cannot be opened; take it again.",
        "Bộ giải mã không đọc được điểm ảnh nào.", "The decoder could read no pixels.",
    ),
    "check_unfinished": CheckKind(
        "quality", LOOK, "Chưa kiểm tra xong: lần nào cũng bị dừng giữa chừng.",
        "The check could not be finished: every attempt was stopped half way.",
        "Ở mọi lần thử, việc giải mã ảnh quá lâu hay quá tốn bộ nhớ, hoặc chính việc kiểm tra gặp lỗi.",
        "At every attempt decoding took too long or too much memory, or the check itself failed.",
    ),
    "file_refused": CheckKind(
        "quality", LOOK, "Tệp không được nhận làm ảnh: {reason}", "The file was not taken as a photo: {reason}",
        "Tệp không phải là ảnh dùng được; tệp được giữ riêng, không mở và không hiển thị.",
        "The file is no usable photo; it is kept apart, never opened and never shown.",
    ),
}  # fmt: skip
