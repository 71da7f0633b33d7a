"""Problems of what accounts are given: roles, rounds, last days."""

from survey.domain.problems.problem import kind

ROLE_OUT_OF_REACH = kind(
    "ROLE_OUT_OF_REACH", 403,
    "Bạn không được giao vai trò này, cũng không được thay đổi tài khoản có vai trò này.",
    "You may neither give this role nor act upon an account that has it.",
    "Quản trị viên không động đến tài khoản điều phối viên; vai trò xem cấp tỉnh do người vận hành máy chủ giao.",
    "Administrators leave coordinators' accounts alone; the province's role is given by the operator at the server.",
)
OWN_ACCOUNT = kind(
    "OWN_ACCOUNT", 403,
    "Không ai được tự thay đổi vai trò hay phạm vi của chính mình.", "Nobody changes the own role or scope.",
    "Hãy nhờ một điều phối viên khác hoặc người vận hành máy chủ.", "Ask another coordinator, or the operator at the server.",
)
ROUNDS_FOR_APPRAISERS = kind(
    "ROUNDS_FOR_APPRAISERS", 400,
    "Chỉ thành viên hội đồng thẩm định mới được giao theo đợt khảo sát.", "Survey rounds are given to appraisers alone.",
    "Bỏ chọn đợt khảo sát, hoặc chọn vai trò thẩm định.", "Leave the rounds out, or choose the appraiser's role.",
)
UNTIL_PAST = kind(
    "UNTIL_PAST", 400,
    "Ngày cuối của tài khoản đã qua hoặc không có thật.", "The account's last day has passed or makes no sense.",
    "Chọn hôm nay hoặc một ngày sau đó; muốn dừng ngay thì khóa tài khoản.", "Choose today or a later day; to end it now, close the account.",
)
PHONE_NOT_FOR_ROLE = kind(
    "PHONE_NOT_FOR_ROLE", 400,
    "Người có vai trò này không khảo sát, nên không được gắn điện thoại.", "People of this role do not survey, and have no phone enrolled.",
    "Chọn người có vai trò khảo sát, duyệt hoặc điều phối.", "Choose an inspector, a reviewer or a coordinator.",
)
