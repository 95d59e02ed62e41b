"""What is found in seven languages, held to judged sets: `python -m benchmarks.search.judged`.

For each language posts that were written for it, and queries with the posts that must be found and no others: the same
word in other forms, words that people write together, and posts beside them that only look alike.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import page
from clew.archive import Archive, Hand
from clew.finding import Finder
from clew.keeping import Keeper, reader
from clew.posts import Account, Post, to_json
from clew.search.grammar import parse
from clew.texts import Span

__all__ = ["SETS", "Judged", "Query", "Result", "results"]

HEAD = ["language", "posts", "queries", "judged to be found", "recall", "precision", "missed", "found besides"]


@dataclass(frozen=True, slots=True)
class Query:
    """A query, and the posts that it must find, by their place in the set; no other must be found."""

    text: str
    finds: frozenset[int]


@dataclass(frozen=True, slots=True)
class Judged:
    """The posts and queries of one language."""

    language: str
    posts: tuple[str, ...]
    queries: tuple[Query, ...]


def _set(language: str, posts: str, **queries: str) -> Judged:
    said = tuple(line.strip() for line in posts.strip().splitlines())
    asked = tuple(
        Query(text, frozenset(int(one) for one in finds.split())) for text, _, finds in map(_split, queries.values())
    )
    return Judged(language, said, asked)


def _split(query: str) -> tuple[str, str, str]:
    return query.rpartition(" => ")


def _judged(language: str, posts: str, queries: str) -> Judged:
    return _set(language, posts, **{f"q{at}": line.strip() for at, line in enumerate(queries.strip().splitlines())})


SETS = (
    _judged(
        "en",
        """
        The port authority approved the merger on Tuesday
        Ports in the north are closing, said the minister
        She reported from the airport all night
        They were running the ferries without a licence
        The ferry runs twice a day; nobody runs it at night
        Runner-up again: the harbour team lost the cup
        Officials denied that the companies had been sold
        A company sells what it does not own
        The sale of the company's crane is off
        Cranes over the docks, and a crane that nobody owns
        covid-19 tests at the border
        19 tests were lost at the border
        U.S. officials met their colleagues in Kyiv 🇺🇦
        The cafe on the quay (Café Zoë) is shut
        """,
        """
        port => 0 1
        ports => 0 1
        "port authority" => 0
        report => 2
        ferry => 3 4
        running => 3 4
        ferry run -licence => 4
        company => 6 7 8
        companies sold => 6
        crane => 8 9
        covid-19 => 10
        tests border => 10 11
        ukraine => 12
        café => 13
        zoe => 13
        harbor~1 => 5
        licen* => 3
        closing OR shut => 1 13
        """,
    ),
    _judged(
        "ru",
        """
        Порт продали неизвестной компании
        В портах на севере бастуют докеры
        Портрет министра сняли со стены
        Компаний с таким названием две, и ни одна не платит налоги
        Ёлки привезли на кораблях из соседней области
        Корабль ушёл в море без флага
        Кораблей под этим флагом больше нет
        Министры договорились о поставках газа
        Поставки нефти выросли вдвое
        Он сказал: «договор не подписан»
        Договорённость сорвалась, договора нет
        Флаг 🇺🇦 подняли над зданием
        Российские власти опровергли сообщение
        Москва и Пекин подписали контракт
        """,
        """
        порт => 0 1
        ПОРТЫ => 0 1
        компания => 0 3
        компании => 0 3
        корабль => 4 5 6
        кораблями => 4 5 6
        елки => 4
        ёлки => 4
        министр => 2 7
        поставка => 7 8
        договор => 9 10
        "договор не подписан" => 9
        украина => 11
        флаг -корабль => 11
        Москва Пекин => 13
        опроверг* => 12
        налог => 3
        """,
    ),
    _judged(
        "zh",
        """
        田湾核电站三号机组今天投入商业运行
        徐大堡核电项目开工建设
        港口被一家不知名的公司收购
        这家公司在香港注册
        中俄能源合作不只是石油和天然气
        天然气管道明年通气
        电站附近的村民要求公布监测数据
        核能的未来在哪里
        机组人员全部安全
        俄罗斯外长昨天抵达北京
        北京大学的研究人员发表报告
        报告说数据有误
        """,
        """
        田湾 => 0
        核电 => 0 1
        核电站 => 0
        电站 => 0 6
        核 => 0 1 7
        公司 => 2 3
        港口 => 2
        香港 => 3
        天然气 => 4 5
        机组 => 0 8
        北京 => 9 10
        北京大学 => 10
        数据 报告 => 11
        "监测数据" => 6
        俄罗斯 => 9
        公司 -香港 => 2
        """,
    ),
    _judged(
        "ja",
        """
        原子力発電所の三号機が運転を再開した
        発電所の周辺で避難訓練が行われた
        港の売却について会社は説明していない
        株式会社の登記は東京にある
        東京湾の埋め立て工事が始まった
        京都の会社が港を買った
        コンテナ船が港に入れない
        コンテナの値段が上がっている
        ウクライナ 🇺🇦 への支援を続ける
        政府は報告書を公表した
        報告はまだ届いていない
        データセンターの電力が足りない
        """,
        """
        発電所 => 0 1
        原子力 => 0
        港 => 2 5 6
        会社 => 2 3 5
        東京 => 3 4
        京都 => 5
        コンテナ => 6 7
        コンテナ船 => 6
        ｺﾝﾃﾅ => 6 7
        ウクライナ => 8
        報告 => 9 10
        報告書 => 9
        電力 => 11
        会社 -港 => 3
        避難訓練 => 1
        """,
    ),
    _judged(
        "ar",
        """
        باعت الحكومة الميناء لشركة غير معروفة
        الموانئ في الشمال مغلقة منذ أيام
        وصلت سفينة إلى ميناء المدينة
        السفن لا تدخل البحر ليلا
        قالت الشركات إن العقد لم يوقع
        عقد الوزير مؤتمرا صحفيا
        الوزراء يجتمعون غدا
        قُتِلَ ثلاثة في الحادث
        القرآن الكريم
        المدرسة مغلقة والمدرسون مضربون
        أوكرانيا تطلب المساعدة
        علم 🇺🇦 فوق المبنى
        """,
        """
        ميناء => 0 2
        الميناء => 0 2
        شركة => 0 4
        سفينة => 2
        العقد => 4 5
        الوزير => 5
        قتل => 7
        القران => 8
        مغلقة => 1 9
        مدرسه => 9
        أوكرانيا => 10 11
        اوكرانيا => 10 11
        "غير معروفة" => 0
        الحكومة OR الوزراء => 0 6
        """,
    ),
    _judged(
        "es",
        """
        Vendieron el puerto a una empresa desconocida
        Los puertos del norte siguen cerrados
        La puerta del almacén estaba abierta
        Las empresas niegan haber firmado
        La canción del puerto sonó toda la noche
        Cantaron viejas canciones en el muelle
        El ministro anunció elecciones en mayo
        La elección fue anulada por los jueces
        El juez no quiso declarar
        La señora Núñez pidió un café
        El año pasado llegaron más barcos
        Ucrania recibe ayuda 🇺🇦
        """,
        """
        puerto => 0 1 4
        puertos => 0 1 4
        empresa => 0 3
        cancion => 4 5
        canciones => 4 5
        elección => 6 7
        elecciones => 6 7
        Nunez => 9
        cafe => 9
        barco => 10
        ucrania => 11
        "puertos del norte" => 1
        puerto -canción => 0 1
        almacen => 2
        anunci* => 6
        """,
    ),
    _judged(
        "hi",
        """
        बंदरगाह एक अनजान कंपनी को बेच दिया गया
        उत्तर के बंदरगाह बंद हैं
        कंपनी ने कोई जवाब नहीं दिया
        कंपनियों ने समझौते से इनकार किया
        समझौते पर हस्ताक्षर हुए
        मंत्री ने संसद में बयान दिया
        हिन्दी में लिखी रिपोर्ट
        हिंद महासागर में जहाज़ रुका
        जहाज में २०२२ टन अनाज था
        क़लम और कागज़
        यूक्रेन को मदद
        🇺🇦 का झंडा
        """,
        """
        बंदरगाह => 0 1
        कंपनी => 0 2
        समझौते => 3 4
        मंत्री => 5
        हिन्दी => 6
        जहाज => 7 8
        जहाज़ => 7 8
        2022 => 8
        कलम => 9
        काग़ज़ => 9
        यूक्रेन => 10 11
        कंपन* => 0 2 3
        कंपनी -बंदरगाह => 2
        "कोई जवाब" => 2
        """,
    ),
)


@dataclass(frozen=True, slots=True)
class Result:
    """What a query found."""

    query: Query
    found: frozenset[int]
    marked: dict[int, tuple[Span, ...]]
    """The code points of each post found that were marked."""

    @property
    def missed(self) -> frozenset[int]:
        """Posts that must be found and were not."""
        return self.query.finds - self.found

    @property
    def besides(self) -> frozenset[int]:
        """Posts that were found and must not be."""
        return self.found - self.query.finds


def results(judged: Judged, folder: Path) -> list[Result]:
    """Return what each query of a set finds in an archive of its posts, each by another author."""
    archive = Archive.made(folder / "archive", Hand(read=reader))
    path = folder / "posts.jsonl"
    path.write_text("".join(f"{to_json(post)}\n" for post in _posts(judged)), encoding="utf-8")
    Keeper(archive=archive).add(str(path))
    finder = Finder.of(archive)
    found = []
    for query in judged.queries:
        hits = finder.find(parse(query.text), limit=100).hits
        marked = {int(hit.post) - 100: hit.spans for hit in hits}
        found.append(Result(query, frozenset(marked), marked))
    archive.close()
    return found


def recall(found: Iterable[Result]) -> float:
    """Return the share of the posts that must be found that were."""
    every = list(found)
    return 1 - sum(len(one.missed) for one in every) / sum(len(one.query.finds) for one in every)


def precision(found: Iterable[Result]) -> float:
    """Return the share of the posts found that must be."""
    every = list(found)
    return 1 - sum(len(one.besides) for one in every) / sum(len(one.found) for one in every)


def _posts(judged: Judged) -> Iterable[Post]:
    time = datetime(2021, 6, 4, tzinfo=UTC)
    for at, text in enumerate(judged.posts, 100):
        author = Account(id=f"id-{at}", handle=f"a{at}")
        yield Post(platform="x", id=str(at), author=author, time=time, text=text, language=judged.language)


def _row(judged: Judged) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        found = results(judged, Path(folder))
    pairs = sum(len(query.finds) for query in judged.queries)
    missed = "; ".join(f"`{one.query.text}`" for one in found if one.missed)
    besides = "; ".join(f"`{one.query.text}`" for one in found if one.besides)
    shares = f"{recall(found):.2f}", f"{precision(found):.2f}"
    return [judged.language, f"{len(judged.posts)}", f"{len(judged.queries)}", f"{pairs}", *shares, missed, besides]


def main() -> None:
    """Print the table, and with --write put it into docs/search.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into docs/search.md")
    chosen = parser.parse_args()
    content = page.table(HEAD, map(_row, SETS))
    print(content)
    if chosen.write:
        page.write(page.ROOT / "docs" / "search.md", "judged", "python -m benchmarks.search.judged", content)


if __name__ == "__main__":
    main()
