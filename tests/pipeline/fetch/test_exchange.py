"""Who asks says who it is."""

import pytest

from pipeline.fetch.exchange import Settings, product_token
from schemas.outcomes import UserError


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        ("Triptych/0.1 (+https://ex.com/bot)", "triptych"),
        ("ex-crawler (+bot@ex.com)", "ex-crawler"),
        ("ExBot/2 (research; +https://ex.com/bot; bot@ex.com)", "exbot"),
    ],
)
def test_an_agent_with_contact_is_taken(agent: str, token: str) -> None:
    """Name, perhaps a version, and a page or an address of mail."""
    assert product_token(agent) == token
    assert Settings(agent).agent == agent


@pytest.mark.parametrize(
    "agent",
    ["", "Mozilla/5.0", "ex-crawler", "ex-crawler (+)", "(+https://ex.com)", "ex (+https://ex.com)\r\nX: y", "é (+a@ex.com)",
     "ex (no contact)", "ex (+https://localhost)"],
)  # fmt: skip
def test_an_agent_without_contact_is_refused(agent: str) -> None:
    """No client is made that a site's owner cannot reach."""
    with pytest.raises(UserError, match="does not say who fetches"):
        Settings(agent)
