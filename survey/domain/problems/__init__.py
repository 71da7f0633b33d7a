"""Every expected error of the product, one catalogue in a few files.

A `Problem` is what a person caused and can mend. Anything else that goes wrong is a defect and may crash.
"""

from survey.domain.problems.asked import *
from survey.domain.problems.backed_up import *
from survey.domain.problems.checked import *
from survey.domain.problems.delivered import *
from survey.domain.problems.drawn import *
from survey.domain.problems.encrypted import *
from survey.domain.problems.granted import *
from survey.domain.problems.guarded import *
from survey.domain.problems.judged import *
from survey.domain.problems.logged import *
from survey.domain.problems.owned import *
from survey.domain.problems.people import *
from survey.domain.problems.placed import *
from survey.domain.problems.planned import *
from survey.domain.problems.prepared import *
from survey.domain.problems.printed import *
from survey.domain.problems.private import *
from survey.domain.problems.problem import CATALOGUE as CATALOGUE
from survey.domain.problems.problem import Problem as Problem
from survey.domain.problems.problem import ProblemKind as ProblemKind
from survey.domain.problems.proved import *
from survey.domain.problems.published import *
from survey.domain.problems.received import *
from survey.domain.problems.ruled import *
from survey.domain.problems.sealed import *
from survey.domain.problems.stated import *
from survey.domain.problems.tasks import *
