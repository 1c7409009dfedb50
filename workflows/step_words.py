"""The steps of the product in words, as a program manager chooses them for a service task."""

from workflows.language import marked

STEP_WORDS = {
    "check_may_open": marked("Check whether the agency may open a case"),
    "count": marked("Count one more time in a variable"),
    "check_duplicates": marked("Look for another open request for the same client"),
    "note_contact": marked("Note an attempt to reach the client"),
    "reset_attempts": marked("Count the attempts to reach the client from nought again"),
    "notify_supervisor": marked("Mail to the supervisors: a request is there"),
    "notify_esd_check_wanted": marked("Mail to ESD staff: a record is to be checked"),
    "notify_partner_change_made": marked("Mail to the case manager: the change was made"),
    "notify_partner_remains_opted_out": marked("Mail to the case manager: the client remains opted out"),
    "notify_partner_withdrawn": marked("Mail to the case manager: the request was withdrawn"),
    "notify_partner_unreachable": marked("Mail to the case manager: the client could not be reached"),
    "notify_partner_not_in_eto": marked(
        "Mail to the case manager: the client is not in the case management system"
    ),
    "notify_partner_located": marked("Mail to the case manager: ESD located the record"),
    "remind_supervisor": marked("Mail to the supervisors: reminder of an open request"),
    "remind_undecided": marked("Mail to the supervisor: the client has not decided yet"),
    "remind_offer_open": marked("Mail to the supervisor: the offer has not been answered yet"),
    "escalate_to_backup": marked("Mail to the backup supervisors: they may take the request"),
    "escalate_to_program_manager": marked("Mail to the program managers: a request is overdue"),
    "tell_program_manager_not_visible": marked(
        "Mail to the program managers: the record is still not visible"
    ),
    "ask_to_call_client": marked("Mail to supervisor and case manager: the client has not called"),
    "notify_assigned_staff": marked("Mail to the staff member who will work with the client"),
    "purge_client_facts": marked("Erase what is stored about the client"),
    "resume_case": marked("End the hold of the case"),
    "notify_opt_out_again_wanted": marked("Mail to the supervisors at once: a client wants to opt out again"),
    "reduce_partner_views": marked("Reduce what partners see of the client"),
    "notify_access_ended": marked("Mail to the case managers: access to the record has ended"),
}
"""Each step of `workflows.steps` by its name in the diagram."""
