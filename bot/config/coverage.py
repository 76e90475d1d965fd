"""Where customers are, for whom it is looked into whether our promises can be kept."""

from bot.config.table import Table
from bot.config.values import Country


class Coverage(Table):
    """`!coverage` and the check at the start look at customers of the countries that targets name, at those of the
    contacts there are, and at these."""

    countries: tuple[Country, ...] = ()
    """Two letters each: `["US", "SA"]`. Worth naming before anybody has written from there."""
