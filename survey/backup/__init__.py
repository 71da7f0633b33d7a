"""Backups: everything of a deployment in one file while it runs, and back into an empty one on either engine (docs/backup.md)."""

from survey.backup.contents import Erasure as Erasure
from survey.backup.contents import Header as Header
from survey.backup.contents import Totals as Totals
from survey.backup.files import remove_mark as remove_mark
from survey.backup.reading import Read as Read
from survey.backup.reading import read as read
from survey.backup.restoring import Restored as Restored
from survey.backup.restoring import Target as Target
from survey.backup.restoring import read_erasures as read_erasures
from survey.backup.restoring import restore as restore
from survey.backup.sealing import Opener as Opener
from survey.backup.writing import Order as Order
from survey.backup.writing import Written as Written
from survey.backup.writing import write as write
