"""How addresses are fetched, whoever asks for them."""

from dataclasses import dataclass

from pipeline.fetch.exchange import Settings, product_token
from pipeline.fetch.visit import Conduct


@dataclass(frozen=True, slots=True)
class Fetching:
    """How a crawl behaves, and how it reaches hosts."""

    conduct: Conduct
    settings: Settings

    @property
    def token(self) -> str:
        """The name by which robots.txt is asked, which decides what is fetched."""
        return product_token(self.conduct.agent)
