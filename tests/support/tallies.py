"""What a decided step's batches counted of near duplicates, added up as the engine would."""

from pipeline.accounts import add_up, to_accounts
from pipeline.decide import tallies
from pipeline.decide.tallies import Worst
from schemas.manifest import Account
from tests.support.index_rows import Decided, carry


def worst_of(found: Decided) -> Worst:
    """What the one worker would write."""
    job = found.job
    sent = ((batch.number, closed.tallies) for batch, closed in zip(found.batches, found.closed, strict=True))
    answers = ((part, tallies.answer(told, job.recipe)) for part, told in carry(job, "tallies", sent).items())
    return tallies.report(carry(job, "worst", answers).get(0, []), job.recipe)


def accounts_of(found: Decided) -> list[Account]:
    """The accounts of all batches."""
    return add_up(to_accounts(entry for closed in found.closed for entry in closed.batch["accounts"]))
