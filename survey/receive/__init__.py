"""Receive: every door's submissions and photos come in here; what was answered is on disk (DESIGN 2.1-2.5).

Submissions and whole files come in through `submission` and `photo`; a photo that comes in pieces through `progress` and `part`.
"""

from survey.receive.files import PHOTO_LIMIT as PHOTO_LIMIT
from survey.receive.files import UNNAMED_LIMIT as UNNAMED_LIMIT
from survey.receive.files import PhotoReceipt as PhotoReceipt
from survey.receive.files import photo as photo
from survey.receive.parts import UNFINISHED_LIMIT as UNFINISHED_LIMIT
from survey.receive.parts import Part as Part
from survey.receive.parts import Progress as Progress
from survey.receive.parts import part as part
from survey.receive.parts import progress as progress
from survey.receive.submissions import Receipt as Receipt
from survey.receive.submissions import submission as submission
