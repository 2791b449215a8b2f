"""Measures texts, and finds what exceeds the bounds."""
import re
from dataclasses import dataclass, field

from prose.passage import APART, NAME_BEGINS, NAME_ENDS, PROSE

WHO_PER_10000 = 6
SENTENCE_WORDS = 25
SENTENCES_WITHIN = 90  # per cent
FORBIDDEN = ("persons?", "people", "whoever", "whom", "whose", "nobody", "somebody", "everybody",
             "folders?", "anew", "mend(?:s|ed|ing)?", "can not", "all the same", "of theirs",
             "troubles?", "complaints?")
FORBIDDEN_WORD = re.compile(rf"\b(?:{'|'.join(FORBIDDEN)})\b", re.IGNORECASE)
WHO = re.compile(r"\b(?:who|whom|whose|whoever)\b", re.IGNORECASE)
NAME = re.compile(f"{NAME_BEGINS}[^{NAME_ENDS}]*{NAME_ENDS}")
ABBREVIATIONS = {"e.g.", "i.e.", "etc.", "vs.", "cf."}


@dataclass
class Figures:
    """What is measured of a text."""
    words: int = 0
    who: list = field(default_factory=list)  # (place, word)
    sentences: list = field(default_factory=list)  # (place, words)
    forbidden: list = field(default_factory=list)  # (place, word, words around it)

    def lengths(self):
        """The lengths of the sentences, ascending."""
        return sorted(len(words) for _, words in self.sentences)

    def percentile(self, percent):
        """The length that so many per cent of the sentences do not exceed."""
        lengths = self.lengths()
        return lengths[max(0, -(-len(lengths) * percent // 100) - 1)] if lengths else 0

    def rate(self):
        """who, whom, whose and whoever per 1,000 words."""
        return 1000 * len(self.who) / self.words if self.words else 0.0


def is_word(word):
    """Whether this counts as a word: dashes and lone punctuation do not."""
    return re.search(r"\w", word) is not None


def shown(words):
    """Words as a message shows them."""
    return " ".join(words).replace(NAME_BEGINS, "").replace(NAME_ENDS, "")


def ends_sentence(word):
    """Whether a sentence ends with this word."""
    bare = word.replace(NAME_ENDS, "").rstrip("\"')]}*_`”’")
    return bare[-1:] in tuple(".!?") and not bare.endswith("..") and is_word(bare) and \
        bare.lstrip("(").lower() not in ABBREVIATIONS


def sentences(words):
    """The sentences of a passage, each a list of (line, word)."""
    found, sentence = [], []
    for line, word in words:
        sentence.append((line, word))
        if ends_sentence(word):
            found.append(sentence)
            sentence = []
    found.append(sentence)
    counted = ([pair for pair in pairs if is_word(pair[1])] for pairs in found)
    return [pairs for pairs in counted if pairs]


def matches(pattern, words):
    """Each match of pattern in words that are no names: its line, text and the words around it."""
    kept = [NAME.sub("·", word) for _, word in words]
    begins, at = [], 0
    for word in kept:
        begins.append(at)
        at += len(word) + 1
    for found in pattern.finditer(" ".join(kept)):
        index = max(i for i, begin in enumerate(begins) if begin <= found.start())
        around = shown(word for _, word in words[max(0, index - 4):index + 6])
        yield words[index][0], found[0], around


def measure(text):
    """The figures of a text: forbidden words of all its passages, the rest of its prose."""
    figures = Figures()
    for passage in text.passages:
        for line, word, around in matches(FORBIDDEN_WORD, passage.words):
            figures.forbidden.append((text.place(passage, line), word, around))
        if passage.kind == APART:
            continue
        figures.words += sum(is_word(word) for _, word in passage.words)
        figures.who += [(text.place(passage, line), word, around)
                        for line, word, around in matches(WHO, passage.words)]
        if passage.kind != PROSE:
            continue
        figures.sentences += [(text.place(passage, pairs[0][0]), [word for _, word in pairs])
                              for pairs in sentences(passage.words)]
    return figures


def findings(text, figures):
    """One pair (what fails or None, its offenders) for each bound that holds for the text."""
    offenders = [f"{place}: '{word}' in: {around}" for place, word, around in figures.forbidden]
    yield (f"{len(offenders)} forbidden words" if offenders else None), offenders
    if not text.document:
        return
    too_many = 10000 * len(figures.who) > WHO_PER_10000 * figures.words
    yield (f"who, whom, whose, whoever: {figures.rate():.2f} per 1,000 words, at most "
           f"{WHO_PER_10000 / 10}" if too_many else None), [
               f"{place}: '{word}' in: {around}" for place, word, around in figures.who]
    long = [(place, words) for place, words in figures.sentences if len(words) > SENTENCE_WORDS]
    within = len(figures.sentences) - len(long)
    too_long = 100 * within < SENTENCES_WITHIN * len(figures.sentences)
    yield (f"{len(long)} of {len(figures.sentences)} sentences have more than {SENTENCE_WORDS} "
           f"words, p90 is {figures.percentile(90)}" if too_long else None), [
               f"{place}: {len(words)} words: {shown(words[:9])} ..." for place, words in long]
