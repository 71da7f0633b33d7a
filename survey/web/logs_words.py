"""The words of the logs: every kind of change and every act, in the language of the moment."""

from survey.domain.access import Act, Subject
from survey.web.text import _


def change_kinds() -> dict[str, str]:
    """Every kind of event that our code writes, in words, in the order in which a list offers them."""
    return _of_submissions() | _of_register() | _of_plan() | _of_people() | _of_personal_data()


def change_words(kind: str) -> str:
    """The *kind* of event in words; one of another release by its own name."""
    return change_kinds().get(kind, kind)


def act_words(act: str) -> str:
    """The *act* in words; one of another release by its own name."""
    return act_names().get(act, act)


def subject_words(kind: str) -> str:
    """The *kind* of thing in words; one of another release by its own name."""
    return subject_names().get(kind, kind)


def act_names() -> dict[str, str]:
    """Every act of the access log in words."""
    return {
        Act.SAW: _("Looked at"),
        Act.LISTED: _("Listed"),
        Act.SEARCHED: _("Searched"),
        Act.TOOK: _("Downloaded"),
        Act.TOOK_ALONG: _("Taken along on a phone"),
        Act.EXPORTED: _("Exported as a table"),
        Act.PRINTED: _("Printed"),
        Act.CHECKED: _("Checked"),
        Act.REPORTED: _("Reported to the person concerned"),
        Act.REFUSED: _("Refused"),
        Act.RAN: _("Command at the server"),
        Act.LOST: _("Not kept for want of room"),
    }


def subject_names() -> dict[str, str]:
    """Every kind of thing that somebody looks at, in words."""
    return {
        Subject.SUBMISSION: _("submission"),
        Subject.PHOTO: _("photo"),
        Subject.PUBLIC_PHOTO: _("public copy of a photo"),
        Subject.RESIDENT_REPORT: _("resident's report"),
        Subject.SITE: _("site"),
        Subject.REGISTER: _("register"),
        Subject.MAP: _("map"),
        Subject.VISITS: _("visits made"),
        Subject.PEOPLE: _("list of people"),
        Subject.PERSON: _("person"),
        Subject.PHONES: _("list of phones"),
        Subject.QUEUE: _("review queue"),
        Subject.DESK: _("photos at the desk"),
        Subject.TASKS: _("list of tasks"),
        Subject.FIGURES: _("figures"),
        Subject.PROOF: _("proof of a verdict"),
        Subject.BRIEFING: _("briefing"),
        Subject.ROADMAP: _("roadmap"),
        Subject.VISIT_LIST: _("list of visits"),
        Subject.PROVINCE: _("communes side by side"),
        Subject.DOCUMENT: _("document"),
        Subject.BUNDLE: _("evidence bundle"),
        Subject.OPENING: _("withheld values of a bundle"),
        Subject.KEY: _("sealing key"),
        Subject.HEADS: _("heads of the log"),
        Subject.PRIVACY: _("privacy page"),
        Subject.CHANGES: _("log of changes"),
        Subject.LOOKS: _("log of looks"),
        Subject.BACKUP: _("backup"),
        Subject.COMMAND: _("command"),
        Subject.ABILITY: _("right"),
        Subject.LOG: _("logs"),
    }


def _of_submissions() -> dict[str, str]:
    return {
        "submission.received": _("Submission received"),
        "submission.accepted": _("Submission accepted"),
        "submission.returned": _("Submission returned"),
        "submission.rejected": _("Submission rejected"),
        "submission.taken_back": _("Decision on a submission taken back"),
        "submission.flagged": _("Warnings of a submission written"),
        "submission.conflict": _("Another submission with the same id kept aside"),
        "submission.site_assigned": _("Submission given another site"),
        "photo.received": _("Photo or file received"),
        "file.kept_aside": _("File kept aside"),
        "instance.quarantined": _("Unreadable submission kept aside"),
        "photo.covered": _("Parts of a photo covered"),
        "photo.erased": _("Photo erased"),
        "flag.judged": _("Warning judged"),
        "privacy.set": _("Rule on privacy set"),
        "logs.kept_set": _("Time of keeping looks set"),
    }


def _of_register() -> dict[str, str]:
    return {
        "threshold.set": _("Threshold of the checks set"),
        "site.added": _("Site added to the register"),
        "site.changed": _("Site of the register changed"),
        "register.loaded": _("Register loaded from a file"),
        "register.invented": _("Register of a demonstration made"),
        "hamlet.added": _("Hamlet added"),
        "hamlet.renamed": _("Hamlet renamed"),
        "hamlets.merged": _("Hamlets merged"),
        "round.added": _("Survey round added"),
        "round.corrected": _("Survey round corrected"),
        "form.loaded": _("Checklist loaded"),
        "form.retired": _("Checklist retired"),
        "edition.loaded": _("Edition of criteria loaded"),
        "rule.entered": _("Number of the rules entered"),
        "rule.withdrawn": _("Entered number of the rules withdrawn"),
        "findings.loaded": _("Rules that make tasks loaded"),
        "statement.made": _("Claim or appraisal entered"),
        "statement.withdrawn": _("Claim or appraisal withdrawn"),
        "goal.set": _("Goal set"),
        "group.set": _("Group of the commune set"),
        "document.received": _("Document received"),
        "samples.set": _("Use of samples set"),
    }


def _of_plan() -> dict[str, str]:
    return {
        "visits.drawn": _("List of visits drawn by chance"),
        "visits.closed": _("List of visits closed"),
        "milestone.saved": _("Milestone saved"),
        "milestone.removed": _("Milestone removed"),
        "milestone.reported": _("Milestone reported on"),
        "owner.assigned": _("Criterion given to an owner"),
        "owner.reported": _("Owner reported on a criterion"),
        "task.opened": _("Task opened"),
        "task.changed": _("Task changed"),
        "task.done": _("Task done"),
        "task.dropped": _("Task dropped"),
        "task.reopened": _("Task opened again"),
        "briefing.held": _("Briefing held"),
        "public_page.set": _("Page for residents set"),
        "resident_report.received": _("Report of a resident received"),
        "resident_report.taken": _("Report of a resident taken up"),
        "resident_report.dismissed": _("Report of a resident set aside"),
        "resident_report.photo_erased": _("Photo of a resident erased"),
        "contribution.added": _("Contribution noted"),
        "contribution.withdrawn": _("Contribution withdrawn"),
        "bundle.exported": _("Evidence bundle sealed"),
        "bundle.downloaded": _("Evidence bundle downloaded"),
        "bundle.opened": _("Withheld values of a bundle disclosed"),
        "signing_key.made": _("Sealing key made"),
        "signing_key.rotated": _("Sealing key replaced"),
    }


def _of_people() -> dict[str, str]:
    return {
        "deployment.established": _("Installation established"),
        "commune.established": _("Commune established"),
        "person_created": _("Account made"),
        "person_disabled": _("Account closed"),
        "person_granted": _("Rights of an account changed"),
        "person.province": _("Sight of the province changed"),
        "password_changed": _("Password changed"),
        "sign_in_link_made": _("Sign-in link made"),
        "signed_in": _("Signed in"),
        "signed_out": _("Signed out"),
        "session_ended": _("Session ended"),
        "sessions_ended": _("Sessions ended"),
        "identity_linked": _("Account linked with an outside sign-in"),
        "identities_unlinked": _("Outside sign-ins of an account unlinked"),
        "second_factor_on": _("Second factor switched on"),
        "second_factor_off": _("Second factor switched off"),
        "second_factor_reset": _("Second factor reset"),
        "second_factor_wrong": _("Wrong code of the second factor"),
        "recovery_code_used": _("Recovery code used"),
        "device_enrolled": _("Phone enrolled"),
        "device_link_made": _("New link for a phone made"),
        "device_opened": _("Phone opened its link"),
        "device_revoked": _("Phone revoked"),
    }


def _of_personal_data() -> dict[str, str]:
    return {
        "notice.kept": _("New version of the notice on phones"),
        "purpose.stated": _("Purpose of processing stated"),
        "consent.said": _("Consent or refusal noted"),
        "data_request.entered": _("Request about personal data entered"),
        "answer.noted": _("Answer to a request about data noted"),
        "hold.begun": _("Erasing suspended"),
        "hold.ended": _("Erasing no longer suspended"),
        "account.erased": _("Personal data of an account erased"),
        "home.erased": _("Personal data of a home erased"),
    }
