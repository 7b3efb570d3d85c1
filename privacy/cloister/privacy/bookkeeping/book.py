"""The book of one backward pass: what is needed of every parameter's gradient, for each patient.

A matrix that multiplies inputs a_t and whose outputs receive gradients g_t has, for one patient, the gradient

    G = g_1 a_1^T + g_2 a_2^T + ...        (t over the tokens or places of all of the patient's examples)

Two ways to its norm and, once the clipping factors c_j are known, to the clipped sum:

- **instantiate**: keep G itself, p d numbers a patient, and add up c_j G_j;
- **ghost norm**: |G|^2 = sum over s, t of (a_s . a_t)(g_s . g_t) without ever forming G (Goodfellow 2015, arXiv
  1510.01799; Li et al. 2021, arXiv 2110.05679); keep a and g, T (p + d) numbers an example, and make the clipped sum by
  the one product (c g)^T a that training without privacy makes as well.

Adapters are narrow and always instantiated; wide matrices behind short texts are not. In between, instantiating is
faster (it needs no second product) and may take more memory: it is done as long as the whole book stays within 1.15
times what it would hold without. An embedding's gradient is
kept as its few non-zero rows. A parameter used several times has its gradients added before the norm, whatever form
they come in (an embedding tied to the output head is one parameter with one norm).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import nn

from cloister.privacy.clipping import squared_norms_of_rows, weighted_sum_of_rows
from cloister.privacy.micro_batches import MicroBatch

_GROWTH = 1.15
"""How much larger than all the (a, g) of its matrices a book may be, for the sake of speed."""
_LARGEST_TEMPORARY = 2**24
"""Numbers that may be unfolded at once: 64 MiB in float32."""


class OuterProducts(Protocol):
    """A sum of outer products, left_t right_t^T, for every example: one use of a matrix parameter."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """(T, p, d): terms of one example, length of left, length of right."""
        ...

    def sides(self, examples: slice) -> tuple[torch.Tensor, torch.Tensor]:
        """Left (examples, T, p) and right (examples, T, d) of some examples, float32."""
        ...

    def weighted_sum(self, weights: torch.Tensor, absent: torch.Tensor | None) -> torch.Tensor:
        """The parameter's gradient, each example's part times its weight (examples,)."""
        ...


@dataclass(frozen=True, eq=False)
class TokenProducts:
    """Outer products whose sides are at hand, as a linear layer's are.

    Attributes:
        left: (examples, T, p).
        right: (examples, T, d). The parameter's shape is (p, d).
    """

    left: torch.Tensor
    right: torch.Tensor

    @property
    def shape(self) -> tuple[int, int, int]:
        """See `OuterProducts`."""
        return self.left.shape[1], self.left.shape[2], self.right.shape[2]

    def sides(self, examples: slice) -> tuple[torch.Tensor, torch.Tensor]:
        """See `OuterProducts`."""
        return precise(self.left[examples]), precise(self.right[examples])

    def weighted_sum(self, weights: torch.Tensor, absent: torch.Tensor | None) -> torch.Tensor:
        """See `OuterProducts`."""
        left, right = precise(self.left), precise(self.right)
        if absent is not None:
            left, right = (side.masked_fill(absent[:, None, None], 0.0) for side in (left, right))
        weighted = left * weights[:, None, None].to(left.dtype)
        return weighted.flatten(0, 1).T @ right.flatten(0, 1)


@dataclass(frozen=True, eq=False)
class EmbeddingRows:
    """The non-zero rows of patients' gradients of an embedding.

    Attributes:
        patient: (rows,) whose.
        token: (rows,) which row of the embedding; each pair (patient, token) once.
        values: (rows, width).
    """

    patient: torch.Tensor
    token: torch.Tensor
    values: torch.Tensor

    @classmethod
    def summed(cls, patient: torch.Tensor, token: torch.Tensor, values: torch.Tensor) -> EmbeddingRows:
        """Rows of which pairs (patient, token) may repeat, added up."""
        tokens = int(token.max()) + 1
        pairs, position = torch.unique(patient * tokens + token, return_inverse=True)
        summed = values.new_zeros((len(pairs), values.shape[1])).index_add_(0, position, values)
        return cls(pairs // tokens, pairs % tokens, summed)

    def squared_norms(self, patients: int) -> torch.Tensor:
        """(patients,) float64."""
        squared = squared_norms_of_rows(self.values)
        return squared.new_zeros(patients).index_add_(0, self.patient, squared)


class _Memory:
    """Numbers that a book holds, and would hold if it instantiated nothing."""

    def __init__(self) -> None:
        self._held = 0
        self._without = 0

    def allows(self, *, instantiated: int, kept: int) -> bool:
        """Decide for one more matrix whether to instantiate it (`instantiated` numbers) or not (`kept`)."""
        self._without += kept
        allowed = instantiated <= kept or self._held + instantiated <= _GROWTH * self._without
        self._held += instantiated if allowed else kept
        return allowed


class ParameterBook:
    """One parameter's gradients, for each patient of a micro-batch."""

    def __init__(self, parameter: nn.Parameter, micro_batch: MicroBatch, memory: _Memory) -> None:
        self._shape, self._device = parameter.shape, parameter.device
        self._memory = memory
        self._dtype = torch.promote_types(parameter.dtype, torch.float32)
        self._micro_batch = micro_batch
        self._instantiated: torch.Tensor | None = None
        self._products: list[OuterProducts] = []
        self._rows: EmbeddingRows | None = None

    def add_examples(self, gradients: torch.Tensor) -> None:
        """Add gradients (examples, *parameter.shape)."""
        of_examples = precise(gradients)
        if self._instantiated is None:
            shape = (self._micro_batch.patients, *self._shape)
            self._instantiated = torch.zeros(shape, dtype=self._dtype, device=self._device)
        for run in self._micro_batch.runs:
            of_run = of_examples[run.examples].reshape(-1, run.count, *self._shape)
            self._instantiated[run.patients] += of_run.sum(dim=1)

    def add_products(self, products: OuterProducts) -> None:
        """Add outer products; from here it is decided whether to instantiate."""
        terms, p, d = products.shape
        if self._products:
            self._products.append(products)
        elif self._instantiated is not None or self._memory.allows(
            instantiated=self._micro_batch.patients * p * d, kept=self._micro_batch.examples * terms * (p + d)
        ):
            self._instantiate_products(products)
        else:
            self._products.append(products)

    def add_embedding_rows(self, token: torch.Tensor, values: torch.Tensor) -> None:
        """Add gradients of embedding rows: token (examples, T), values (examples, T, width)."""
        patient = self._micro_batch.patient_of_example.to(token.device)
        patient = patient.repeat_interleave(token.shape[1])
        token, values = token.flatten(), precise(values).flatten(0, 1)
        if self._rows is not None:
            patient, token = torch.cat([self._rows.patient, patient]), torch.cat([self._rows.token, token])
            values = torch.cat([self._rows.values, values])
        self._rows = EmbeddingRows.summed(patient, token, values)

    def squared_norms(self) -> torch.Tensor:
        """(patients,) float64."""
        self._settle()
        total = torch.zeros(self._micro_batch.patients, dtype=torch.float64, device=self._device)
        if self._instantiated is not None:
            return squared_norms_of_rows(self._instantiated)
        if self._rows is not None:
            total += self._rows.squared_norms(self._micro_batch.patients)
        for patients, left, right in self._pieces():
            of_left, of_right = left @ left.mT, right @ right.mT
            total[patients] += (of_left.mul_(of_right)).sum(dim=(1, 2)).double()
            if self._rows is not None:
                total[patients] += 2 * self._cross(patients, left, right, self._rows)
        return total

    def weighted_sum(self, weights: torch.Tensor, absent: torch.Tensor | None) -> torch.Tensor:
        """The sum over patients, in the parameter's shape; what was kept is freed."""
        if self._instantiated is not None:
            gradients, self._instantiated = self._instantiated, None
            return weighted_sum_of_rows(gradients, weights, absent)
        total = torch.zeros(self._shape, dtype=self._dtype, device=self._device)
        of_example = self._micro_batch.patient_of_example.to(weights.device)
        while self._products:
            absent_examples = None if absent is None else absent[of_example]
            found = self._products.pop().weighted_sum(weights[of_example], absent_examples)
            total = total.add_(found.reshape(self._shape))
        if self._rows is not None:
            rows, self._rows = self._rows, None
            values = rows.values * weights[rows.patient, None].to(rows.values.dtype)
            if absent is not None:
                values = values.masked_fill(absent[rows.patient, None], 0.0)
            total.index_add_(0, rows.token, values.to(total.dtype))
        return total

    def _instantiate_products(self, products: OuterProducts) -> None:
        terms, p, d = products.shape
        fresh = self._instantiated is None
        if self._instantiated is None:
            shape = (self._micro_batch.patients, *self._shape)
            self._instantiated = torch.empty(shape, dtype=self._dtype, device=self._device)
        gradients = self._instantiated.view(-1, p, d)
        for patients, left, right in self._of_patients(products, terms * (p + d)):
            if fresh:
                torch.bmm(left.mT, right, out=gradients[patients])
            else:
                gradients[patients].baddbmm_(left.mT, right)

    def _settle(self) -> None:
        """If anything is instantiated, everything is."""
        if self._instantiated is None:
            return
        while self._products:
            self._instantiate_products(self._products.pop())
        if self._rows is not None:
            rows, self._rows = self._rows, None
            self._instantiated.index_put_((rows.patient, rows.token), rows.values.to(self._dtype), accumulate=True)

    def _pieces(self) -> Iterator[tuple[slice, torch.Tensor, torch.Tensor]]:
        """Some patients, and the sides of all uses together, one after the other along T."""
        numbers = sum(products.shape[0] * sum(products.shape[1:]) for products in self._products)
        streams = [self._of_patients(products, numbers) for products in self._products]
        for uses in zip(*streams, strict=True):
            patients, left, right = uses[0]
            if len(uses) > 1:
                left, right = torch.cat([use[1] for use in uses], dim=1), torch.cat([use[2] for use in uses], dim=1)
            yield patients, left, right

    def _of_patients(self, products: OuterProducts, numbers: int) -> Iterator[tuple[slice, torch.Tensor, torch.Tensor]]:
        """Some patients at once, left (patients, T of all their examples, p) and right (patients, T ..., d).

        Args:
            products: whose sides.
            numbers: how many of one example's have to be at hand at the same time, which says how many are "some".
        """
        _, p, d = products.shape
        for run in self._micro_batch.runs:
            at_once = max(1, _LARGEST_TEMPORARY // (run.count * numbers))
            for first in range(run.patients.start, run.patients.stop, at_once):
                patients = slice(first, min(first + at_once, run.patients.stop))
                start = run.examples.start + (first - run.patients.start) * run.count
                count = patients.stop - patients.start
                left, right = products.sides(slice(start, start + count * run.count))
                yield patients, left.reshape(count, -1, p), right.reshape(count, -1, d)

    def _cross(self, patients: slice, left: torch.Tensor, right: torch.Tensor, rows: EmbeddingRows) -> torch.Tensor:
        """(patients,) inner products of the outer products' gradient with the embedding rows'."""
        found = []
        for number in range(patients.start, patients.stop):
            mine = rows.patient == number
            at = number - patients.start
            found.append((left[at][:, rows.token[mine]] * (right[at] @ rows.values[mine].T)).sum().double())
        return torch.stack(found)


class Book:
    """All trainable parameters' gradients of one micro-batch. Its layers write into it while the backward pass runs."""

    def __init__(self, parameters: Mapping[str, nn.Parameter], micro_batch: MicroBatch) -> None:
        self.examples = micro_batch.examples
        memory = _Memory()
        self._books = {name: ParameterBook(parameter, micro_batch, memory) for name, parameter in parameters.items()}
        self._of_parameter = {parameter: self._books[name] for name, parameter in parameters.items()}

    def of(self, parameter: nn.Parameter) -> ParameterBook:
        """The book of a trainable parameter."""
        return self._of_parameter[parameter]

    def squared_norms(self) -> dict[str, torch.Tensor]:
        """See `clipping.PatientGradients`."""
        return {name: book.squared_norms() for name, book in self._books.items()}

    def weighted_sum(self, weights: Mapping[str, torch.Tensor], absent: torch.Tensor | None) -> dict[str, torch.Tensor]:
        """See `clipping.PatientGradients`."""
        return {name: book.weighted_sum(weights[name], absent) for name, book in self._books.items()}


def precise(values: torch.Tensor) -> torch.Tensor:
    """The values in float32 (or float64, if they are): norms and sums are never taken in half precision."""
    return values.to(torch.promote_types(values.dtype, torch.float32))
