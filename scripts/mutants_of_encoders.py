"""Mutants of what is encoded: the text of a paper, and the prompts before it."""

from __future__ import annotations

from mutant import Mutant

ENCODER_MUTANTS = (
    Mutant(
        "papers encoded by the prompt of queries",
        "recommender/encoders/base.py",
        'getattr(encoder, "encode_document", None)',
        'getattr(encoder, "encode_query", None)',
        "tests/test_prompts.py::test_papers_are_documents_and_free_texts_are_queries_everywhere",
    ),
    Mutant(
        "the passage of an E5 model left out",
        "recommender/encoders/prompts.py",
        "for name, text in reversed([*self.texts.items()]) if text}",
        "for name, text in reversed([*self.texts.items()])}",
        "tests/test_prompts.py::test_the_usual_names_are_known_and_the_first_with_a_text_counts",
    ),
    Mutant(
        "prompts that are no part of the fingerprint",
        "recommender/encoders/sentence_transformer.py",
        "parts = [self._folder_fingerprint, self._prompts.query, self._prompts.document]",
        "return self._folder_fingerprint",
        "tests/test_prompts.py::test_prompts_are_part_of_the_fingerprint_and_none_are_not",
    ),
    Mutant(
        "a text that is stated and not used",
        "recommender/corpus/vector_sources.py",
        "return encode_documents(self._encoder, [self._recipe.text(staged.paper) for staged in papers])",
        "return encode_documents(self._encoder, [staged.paper.words for staged in papers])",
        "tests/test_recipe.py::test_papers_are_encoded_as_their_corpus_says_and_it_remembers",
    ),
    Mutant(
        "a field of the text that changes without a new vector",
        "recommender/recipe.py",
        "if _IN_TEXT_HASH.issuperset(self.fields):",
        "if True:",
        "tests/test_recipe.py::test_what_the_text_reads_decides_whether_a_paper_is_encoded_again",
    ),
    Mutant(
        "a matrix over two encoders that is no part of the fingerprint",
        "recommender/encoders/minilm_papers.py",
        'hashlib.sha256(" ".join(parts).encode() + numbers)',
        'hashlib.sha256(" ".join(parts).encode())',
        "tests/test_minilm_papers.py::test_whatever_decides_the_vectors_is_in_the_fingerprint",
    ),
    Mutant(
        "trained on what an author of the final part wrote",
        "scripts/train_papers.py",
        "if not names[one] & names[other] & final:",
        "if True:",
        "tests/test_train_papers.py::test_no_pair_of_an_author_of_the_final_part_is_trained_on",
    ),
)
