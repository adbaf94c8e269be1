"""The catalogue on the wire: what can be had, on what grounds, from whose facts, and what is still paper."""

from chalicelib import wiring
from chalicelib.certificates.model.types import CertificateType, Label
from chalicelib.certificates.routes.wire import LabelView
from chalicelib.types import Wire

routes = wiring.routes(__name__)


class PurposeView(LabelView):
    """A usual purpose; any other may be given in words."""

    code: str


class NeedView(Wire):
    """A fact that is asked for, and of which department."""

    department_id: str
    fact: str
    name: LabelView


class PaperView(LabelView):
    """Why a type cannot be had here yet, and where to go."""

    where: LabelView


class TypeView(Wire):
    """A certificate type: its legal basis, the facts it needs, how long it takes and may take, how long it holds.

    `typicalSeconds` is what it usually takes, `statutoryDays` the working days that the law or the office's promise
    leaves. A type with `stillPaper` cannot be requested.
    """

    id: str
    name: LabelView
    code: str | None
    legal_basis: list[LabelView]
    department_id: str
    department_name: LabelView
    needs: list[NeedView]
    purposes: list[PurposeView]
    typical_seconds: int
    statutory_days: int
    valid_days: int
    formats: list[str]
    assurance: str
    by_mandate: bool
    for_child: bool
    still_paper: PaperView | None


class TypeList(Wire):
    """The catalogue; it fits one page."""

    items: list[TypeView]
    cursor: None = None


@routes.on("GET", "/v1/certificate-types")
def list_certificate_types() -> TypeList:
    """The catalogue of certificates."""
    return TypeList(items=[_view(kind) for kind in wiring.requesting().types()])


def _view(kind: CertificateType) -> TypeView:
    return TypeView(
        id=kind.id,
        name=_label(kind.name),
        code=kind.code,
        legal_basis=[_label(each) for each in kind.legal_basis],
        department_id=kind.department_id,
        department_name=_label(kind.department_name),
        needs=[
            NeedView(department_id=need.department_id, fact=need.fact, name=_label(need.name))
            for need in kind.needs
        ],
        purposes=[PurposeView(code=code, **label.model_dump()) for code, label in kind.purposes.items()],
        typical_seconds=kind.typical_seconds,
        statutory_days=kind.statutory_days,
        valid_days=kind.valid_days,
        formats=list(kind.formats),
        assurance=kind.assurance,
        by_mandate=kind.by_mandate,
        for_child=kind.for_child,
        still_paper=_paper(kind),
    )


def _label(label: Label) -> LabelView:
    return LabelView(zh=label.zh, en=label.en)


def _paper(kind: CertificateType) -> PaperView | None:
    paper = kind.paper
    return PaperView(zh=paper.zh, en=paper.en, where=_label(paper.where)) if paper else None
