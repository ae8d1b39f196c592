"""Every error a user can meet, in one tree.

RecommenderError
├── ParameterError (ValueError)      an option or argument has a value that cannot be used
│   └── EncoderUnknown               no encoder has that name, or its model is not at hand
├── MissingPackage (ImportError)     a package that this use needs is not installed; pip's command is told
├── InputError                       a file or a record that was given cannot be read
│   ├── SourceError                  a whole source: missing, empty, binary, truncated, wrong columns
│   │   └── EmptySource              a file without a byte: of a day without papers, perhaps
│   └── InvalidPaper (ValueError)    one record that is no paper
├── ProfileError (ValueError)        a profile that cannot be served: nothing liked, contradictions
│   └── NoSuchWords                  interests in words only, and no paper holds any of the words
├── UnknownPaper (KeyError)          an id, url or title that is not in the corpus
├── BatchError                       a batch job cannot begin, go on, or write its output
│   └── OutputDamaged                what a finished job wrote is not there as it was written
├── BackupError                      a backup cannot be made there, or what is in the way is none
├── ReadershipError                  the file of readers cannot be used, or not for what is asked
│   └── ReaderUnknown (KeyError)     no reader in it has that name; the nearest are told
├── EncoderError
│   ├── EncoderMismatch              vectors of two encoders would be mixed
│   └── EncoderDamaged               the weights are not the ones they should be
├── SiteError                        the folder of a site cannot be written, or holds what is in its way
├── FetchError                       a service on the network, or Zotero, gives no answer that can be used
├── MailError                        no server takes mails, or none to which they can be sent safely
├── ClusterError                     no Ray answers at an address, or its workers cannot go on
└── CorpusError
    ├── NotACorpus                   the folder holds no corpus
    ├── CorpusExists                 the folder holds something else already
    ├── CorpusTooNew                 written by a later version of this library
    ├── CorpusChanged                it was changed while it was read, where no state of it could be held
    ├── CorpusDamaged                a file of the corpus is missing or is not what was written
    └── CorpusLocked                 another process is writing; the message names it

Each message names the value, the place, and what would be right, in one line.
"""

from __future__ import annotations


class RecommenderError(Exception):
    """Base of all errors raised on purpose by this library."""


class ParameterError(RecommenderError, ValueError):
    """An option or argument has a value that cannot be used."""


class EncoderUnknown(ParameterError):
    """No encoder has that name, or its model is not at hand."""


class MissingPackage(RecommenderError, ImportError):
    """A package that only this use needs is not installed; the message has the pip command."""


class InputError(RecommenderError):
    """Something that was given to be read cannot be read."""


class SourceError(InputError):
    """A whole source cannot be read: missing, empty, binary, truncated or with the wrong columns."""


class EmptySource(SourceError):
    """A file that holds nothing at all, as of a day without papers."""


class InvalidPaper(InputError, ValueError):
    """One record is no paper, for instance because it has no title."""


class ProfileError(RecommenderError, ValueError):
    """A profile that cannot be served."""


class NoSuchWords(ProfileError):
    """All that a profile likes is in words, and no paper of the corpus holds any of them."""


class UnknownPaper(RecommenderError, KeyError):
    """An id, url or title that is not in the corpus."""

    def __str__(self) -> str:
        # KeyError would print the message in quotation marks.
        return str(self.args[0]) if self.args else ""


class BatchError(RecommenderError):
    """A batch job cannot begin, go on, or write its output."""


class OutputDamaged(BatchError):
    """What a finished job wrote is not there, or not as it was written."""


class BackupError(RecommenderError):
    """A backup cannot be made there, or something in the way is none."""


class ReadershipError(RecommenderError):
    """The file of readers cannot be used, or not for what is asked."""


class ReaderUnknown(ReadershipError, KeyError):
    """No reader in the file has that name; the message has the nearest spellings."""

    def __str__(self) -> str:
        # KeyError would print the message in quotation marks.
        return str(self.args[0]) if self.args else ""


class EncoderError(RecommenderError):
    """An encoder cannot be used for what is asked."""


class EncoderMismatch(EncoderError):
    """Vectors of two encoders would be mixed; the message names both."""


class EncoderDamaged(EncoderError):
    """A model's weights are not the ones its name promises."""


class SiteError(RecommenderError):
    """The folder of a site cannot be written, or something that is not the site's is in its way."""


class FetchError(RecommenderError):
    """A service on the network, or Zotero, gives no answer that can be used; `status` is its last, if any."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class MailError(RecommenderError):
    """No server takes mails, or none to which they and a password can be sent safely."""


class ClusterError(RecommenderError):
    """No Ray cluster answers, or its workers cannot go on."""


class CorpusError(RecommenderError):
    """A corpus cannot do what is asked."""


class NotACorpus(CorpusError):
    """The folder holds no corpus."""


class CorpusExists(CorpusError):
    """The folder holds a corpus or other files already."""


class CorpusTooNew(CorpusError):
    """The corpus was written by a later version of this library."""


class CorpusChanged(CorpusError):
    """The corpus was changed while it was read, and what was read may be of two states: open it again."""


class CorpusDamaged(CorpusError):
    """A file of the corpus is missing, or its content is not what was written."""


class CorpusLocked(CorpusError):
    """Another process is writing to the corpus; the message names it."""
