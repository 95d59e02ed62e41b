"""What figures are measured in: currencies, measures, and the words for multiples."""

from __future__ import annotations

import re

__all__ = ["CURRENCY_AFTER", "CURRENCY_BEFORE", "MEASURE", "PERCENT", "currency", "measure"]

_BEFORE = (
    (r"US\$|USD\s?|\$", "USD"),
    (r"C\$|CA\$|CAD\s?", "CAD"),
    (r"A\$|AU\$|AUD\s?", "AUD"),
    (r"NZ\$", "NZD"),
    (r"HK\$|HKD\s?", "HKD"),
    (r"S\$|SGD\s?", "SGD"),
    (r"R\$", "BRL"),
    (r"€|EUR\s?", "EUR"),
    (r"£|GBP\s?", "GBP"),
    (r"RMB\s?|CNY\s?|CN¥", "CNY"),
    (r"JPY\s?", "JPY"),
    (r"[¥￥]", "CNY or JPY"),
    (r"₽|RUB\s?", "RUB"),
    (r"₹|INR\s?|Rs\.?\s?", "INR"),
    (r"₩|KRW\s?", "KRW"),
    (r"₴|UAH\s?", "UAH"),
    (r"₺|TRY\s?", "TRY"),
    (r"₦|NGN\s?", "NGN"),
    (r"₱|PHP\s?", "PHP"),
    (r"CHF\s?", "CHF"),
    (r"BTC\s?|₿", "BTC"),
    (r"ETH\s", "ETH"),
)
_AFTER = (
    (r"(?:US |U\.S\. )?dollars?|USD|bucks|US\$|долл(?:\.|ар(?:а|ов)?)|美元|\$", "USD"),
    (r"euros?|EUR|€|евро|欧元|歐元", "EUR"),
    (r"pounds sterling|pounds(?= sterling)|GBP|quid|£|фунт(?:а|ов)?|英镑", "GBP"),
    (r"ro?ubles?|RUB|₽|руб(?:\.|л(?:ь|я|ей))?|卢布|盧布", "RUB"),
    (r"yuan|renminbi|RMB|CNY|юан(?:ь|я|ей)|人民币|元人民币|元", "CNY"),
    (r"yen|JPY|иен|日元|日圆", "JPY"),
    (r"rupees?|INR", "INR"),
    (r"hryvnias?|UAH|грив(?:ен|на|ны)", "UAH"),
    (r"won|KRW|韩元", "KRW"),
    (r"francs?|CHF", "CHF"),
    (r"pesos?", "MXN or another peso"),
    (r"bitcoins?|BTC", "BTC"),
    (r"ETH|ether", "ETH"),
    (r"cents?", "US cent"),
)
_MEASURES = (
    (r"km/h|kph|kmh|км/ч", "kilometre per hour"),
    (r"mph", "mile per hour"),
    (r"sq(?:uare)?\.? ?k(?:ilo)?m(?:et(?:er|re)s?)?|km²|km2|кв\. ?км|平方公里", "square kilometre"),
    (r"sq(?:uare)?\.? ?(?:feet|ft)|sqft", "square foot"),
    (r"sq(?:uare)?\.? ?met(?:er|re)s?|m²|m2|кв\. ?м|平方米", "square metre"),
    (r"sq(?:uare)?\.? ?miles?", "square mile"),
    (r"k(?:ilo)?m(?:et(?:er|re)s?|s)?|км|километр(?:а|ов)?|公里|千米", "kilometre"),
    (r"centimet(?:er|re)s?|cms?|см", "centimetre"),
    (r"millimet(?:er|re)s?|mm|мм", "millimetre"),
    (r"met(?:er|re)s?|mtrs?|метр(?:а|ов)?|米", "metre"),
    (r"miles?|миль", "mile"),
    (r"feet|foot|ft", "foot"),
    (r"inch(?:es)?", "inch"),
    (r"yards?", "yard"),
    (r"hectares?|га|гектар(?:а|ов)?|公顷", "hectare"),
    (r"acres?", "acre"),
    (r"k(?:ilo)?gs?|kilograms?|kilos?|кг|килограмм(?:а|ов)?|公斤|千克", "kilogram"),
    (r"(?:metric )?tonn?es|(?:metric )?tons?|tonne|тонн(?:а|ы)?|吨|噸", "tonne"),
    (r"grams?|g|граммов", "gram"),
    (r"mg|milligrams?", "milligram"),
    (r"lbs?|pounds?", "pound"),
    (r"ounces?|oz", "ounce"),
    (r"bcm|billion cubic met(?:er|re)s|млрд кубометров|亿立方米", "billion cubic metre"),
    (r"cubic met(?:er|re)s|кубометров|立方米", "cubic metre"),
    (r"barrels?(?: per day)?|bpd|баррел(?:ь|я|ей)|桶", "barrel"),
    (r"gallons?", "gallon"),
    (r"lit(?:er|re)s?|литр(?:а|ов)?|升", "litre"),
    (r"[kMGT]Wh|[kmgt]wh|кВтч", "watt-hour"),
    (r"[kMGT]W|megawatts?|gigawatts?|kilowatts?|МВт|ГВт|兆瓦|千瓦", "watt"),
    (r"[KMGTP]B|(?:kilo|mega|giga|tera|peta)bytes?|bytes?|ГБ", "byte"),
    (r"[KMGT]bps|bits?", "bit"),
    (r"°\s?C|degrees? (?:C\b|Celsius)|℃|градус(?:а|ов)", "degree Celsius"),
    (r"°\s?F|degrees? (?:F\b|Fahrenheit)", "degree Fahrenheit"),
    (r"degrees?|°", "degree"),
    (r"bps|basis points?|базисных пункт(?:а|ов)", "basis point"),
    (r"hectopascals?|hPa|millibars?|mb", "millibar"),
    (r"(?:milli)?seconds?|secs?|ms|s|секунд(?:а|ы)?|秒", "second"),
    (r"minutes?|mins?|минут(?:а|ы)?|分钟|分鐘", "minute"),
    (r"hours?|hrs?|hs|h|час(?:а|ов)?|小时|小時", "hour"),
    (r"days?|d|дн(?:я|ей)|день|天", "day"),
    (r"nights?", "night"),
    (r"weeks?|wks?|недел(?:и|ь|ю|я)|周|星期", "week"),
    (r"quarters|кварталов", "quarter"),
    (r"months?|mths?|mos|месяц(?:а|ев)?|个月|個月", "month"),
    (r"(?:years?|yrs?)(?:[- ]olds?)?|y/o|yo|y|г\.|год(?:а|у)?|лет|年|岁|歲", "year"),
    (r"decades?", "decade"),
    (r"centur(?:y|ies)", "century"),
    (r"cups?", "cup"),
    (r"(?:tea|table)spoons?|tsp|tbsp", "spoon"),
)
_CASED = frozenset(("watt", "watt-hour", "byte", "bit", "degree", "ETH", "BTC"))


def _compiled(table: tuple[tuple[str, str], ...]) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern, 0 if unit in _CASED else re.IGNORECASE), unit) for pattern, unit in table]


_CURRENCIES_BEFORE = _compiled(_BEFORE)
_CURRENCIES_AFTER = _compiled(_AFTER)
_MEASURE_OF = _compiled(_MEASURES)


def _either(table: tuple[tuple[str, str], ...]) -> str:
    return "|".join(pattern for pattern, _ in table)


#: A currency before its number, and behind it.
CURRENCY_BEFORE = rf"(?<![A-Za-z0-9])(?:{_either(_BEFORE)})"
CURRENCY_AFTER = rf"(?:{_either(_AFTER)})(?![A-Za-zА-Яа-яё0-9])"
#: A measure behind its number.
MEASURE = rf"(?:{_either(_MEASURES)})(?![A-Za-zА-Яа-яё0-9])"
PERCENT = (
    r"(?:\s?%|\s?％|\s?‰|[ -]per\s?cent(?:age points?)?|[ -]percent|\s?pct\b|[ -]percentage[ -]points?|\s?pp\b"
    r"|[ -]?процент(?:а|ов|ных пункта|ных пунктов)?|\s?п\.\s?п\.|个百分点|個百分點)"
)


def currency(word: str) -> str | None:
    """Return the ISO 4217 code of a currency sign or word; None for none.

    >>> currency("$"), currency("руб."), currency("元")
    ('USD', 'RUB', 'CNY')
    """
    return _matching(word.strip(), _CURRENCIES_BEFORE) or _matching(word.strip(), _CURRENCIES_AFTER)


def measure(word: str) -> str | None:
    """Return the name of a measure in the singular; None for none.

    >>> measure("km"), measure("тонн"), measure("Year-Old")
    ('kilometre', 'tonne', 'year')
    """
    return _matching(word.strip(" -\u00a0"), _MEASURE_OF)


def _matching(word: str, table: list[tuple[re.Pattern[str], str]]) -> str | None:
    return next((unit for pattern, unit in table if pattern.fullmatch(word)), None)
