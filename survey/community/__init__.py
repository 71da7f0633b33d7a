"""The community's part: a public page of progress, residents' reports in a queue of their own, contributions by hamlet.

What a resident sends is never evidence: it waits in quarantine until a reviewer has chosen the site that it is about.
"""

from survey.community.giving import contribute as contribute
from survey.community.giving import list_contributions as list_contributions
from survey.community.giving import withdraw_contribution as withdraw_contribution
from survey.community.public import PublicProgress as PublicProgress
from survey.community.public import open_page as open_page
from survey.community.public import progress as progress
from survey.community.public import require_open as require_open
from survey.community.residents import VIEW_JOB as VIEW_JOB
from survey.community.residents import Sent as Sent
from survey.community.residents import check_sender as check_sender
from survey.community.residents import dismiss as dismiss
from survey.community.residents import list_reports as list_reports
from survey.community.residents import make_view as make_view
from survey.community.residents import mark_of as mark_of
from survey.community.residents import read_view as read_view
from survey.community.residents import receive_report as receive_report
from survey.community.residents import sweep as sweep
from survey.community.residents import take as take
