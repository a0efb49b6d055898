"""The door's lock, for a server that several people can reach: a password from the environment, asked once a session."""

from __future__ import annotations

import hmac
import os
import time

import streamlit as st

from relationtypes.explorer.serving import PASSWORD_VARIABLE
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import Language

_SECONDS_AFTER_A_WRONG_ONE = 1.0

say = Wording(
    why=("Who your customers are to you.", "Ce que vos clients sont pour vous."),
    password=("Password", "Mot de passe"),
    enter=("Enter", "Entrer"),
    wrong=("That is not the password.", "Ce n’est pas le mot de passe."),
)


def is_locked() -> bool:
    """Whether this server asks for a password, so that others than who started it may use it."""
    return bool(os.environ.get(PASSWORD_VARIABLE))


def is_open() -> bool:
    """Whether the person may see the explorer: there is no password, or this session has given it."""
    return not is_locked() or st.session_state.get("password_given") == os.environ[PASSWORD_VARIABLE]


def ask(language: Language) -> None:
    """Ask for the password, and show nothing else."""
    _, middle, _ = st.columns((1, 1, 1))
    with middle, st.form("gate", border=False):
        st.html(f'<h1 class="rt-gate">relationtypes</h1><p class="rt-note">{say("why", language)}</p>')
        given = st.text_input(say("password", language), type="password")
        sent = st.form_submit_button(say("enter", language), type="primary")
    if not sent:
        return
    wanted = os.environ[PASSWORD_VARIABLE]
    if hmac.compare_digest(given.encode(), wanted.encode()):
        st.session_state["password_given"] = wanted
        st.rerun()
    time.sleep(_SECONDS_AFTER_A_WRONG_ONE)
    with middle:
        st.error(say("wrong", language))
