import logging
import re
import subprocess
import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.readers.latex import latex_to_text


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("Plain text, 50% of it ~ here_there & `there'", None),
        (
            r"Schr{\"o}dinger, Erd\H{o}s, Poincar\'e, \v{C}ech, {\'E}va",
            "Schrödinger, Erdős, Poincaré, Čech, Éva",
        ),
        (r"Fran\c cois S\o rensen \L{}ukasz na\"{\i}ve", "François Sørensen Łukasz naïve"),
        (r"$\alpha$-decay of $^{14}$C with $x^2$ and $10^{-5}$", "α-decay of ^14C with x^2 and 10^-5"),
        (r"$\mathcal{O}(n \log n)$ in $\mathbb{R}^d$", "O(n log n) in R^d"),
        (r"\emph{very} \textbf{bold \textit{words}} and {\em so on}", "very bold words and so on"),
        (r"50\% of \$5 \& more\_or\#less", "50% of $5 & more_or#less"),
        (r"50% of $n$ grebes don't ``dive'' -- at all", "50% of n grebes don't ``dive'' -- at all"),
        (r"costs $5 and $10 but $\sim$5 cents", "costs $5 and $10 but ∼5 cents"),
        (r"our \method{} beats \baseline by 3", "our method beats baseline by 3"),
        (r"\uline{lined} and \ac{LLM}s", "lined and LLMs"),
        (r"Fig.~\ref{fig:x} of \cite{grebe2020} at \url{https://a.org/b_c}", "Fig. of at https://a.org/b_c"),
        (r"\href{https://a.org}{The lake}\footnote{Deep.}", "The lake (https://a.org) (Deep.)"),
        (r"{BERT}: {P}re-training", "BERT: Pre-training"),
        (r"\foreignlanguage{german}{Wort} x", "Wort x"),
        (r"5 \pounds{} and\slash{}or 3\textperiodcentered{}2", "5 £ and/or 3·2"),
        (r"\begin{itemize} \item deep \end{itemize} lakes", "* deep lakes"),
        (r"a { b } c $ d \frac e", r"a b c $ d \frac e"),
        (r"an open { brace and \emph{word", r"an open { brace and { word"),
        ("\\", "\\"),
    ],
)
def test_readable(latex, expected):
    found = " ".join(latex_to_text(latex).split())
    assert found.replace("{ word", "{word") == (
        latex if expected is None else expected.replace("{ word", "{word")
    )


def test_plain_text_does_not_import_the_parser():
    code = (
        "import sys; from recommender.readers.latex import latex_to_text; latex_to_text('Grebes 5%'); "
        "latex_to_text('5\\%');"
        "sys.exit('pylatexenc' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(
    st.text(st.sampled_from(r"\${}[]%&#_^~'\"`. abcemphfr"), max_size=60)
    | st.text(max_size=60).map("\\".__add__)
)
def test_nothing_raises(text):
    assert isinstance(latex_to_text(text), str)


WORDS = st.lists(st.text("bdghkw", min_size=3, max_size=8), min_size=1, max_size=6)
WRAPS = st.sampled_from(
    [
        r"\emph{%s}",
        "{%s}",
        "$%s$",
        r"\textbf{a %s}",
        "%s",
        "(%s",
        "{%s",
        "%s}",
        "$%s",
        r"\unknown{%s}",
        r"$\frac{%s}{2}$",
        r"%s\%%",
        "%s%%",
        r"\'%s",
        r"\item %s",
        r"\begin{quote}%s",
        r"\mathrm{%s}",
        r"\(%s\)",
        r"\footnote{%s}",
    ]
)


@given(WORDS, st.lists(WRAPS, min_size=6, max_size=6))
def test_no_word_is_lost(words, wraps):
    text = " ".join(wrap % word for word, wrap in zip(words, wraps, strict=False))
    found = unicodedata.normalize("NFD", latex_to_text(text))
    assert all(word[1:] in re.sub("[\u0300-\u036f]", "", found) for word in words)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "{" * 50_000,
            "}" * 50_000,
            "$" * 50_001,
            "\\" * 50_001,
            "{a" * 20_000,
            "$a " * 20_000,
            r"\(" * 40_000,
        ),
        *("a{" * 10_000 + "}" * 10_000, r"\emph{" * 10_000, "{\\" * 20_000, "\\a[" * 10_000, "$\\" * 20_000),
    ],
)
def test_no_text_is_slow(text):
    start = time.process_time()
    latex_to_text(text)
    assert time.process_time() - start < 30  # of CPU; with the square of the length it would take minutes


def test_longer_texts_are_left_alone():
    text = r"\emph{grebe} 5\% " * 10_000
    assert latex_to_text(text) == text.replace(r"\%", "%")


def test_it_is_quiet(caplog):
    with caplog.at_level(logging.DEBUG):
        latex_to_text(r"\underline \widehat \frac $\sqrt$ \begin{x} \href{a}")
    assert not caplog.records
