"""What clipping every patient's gradient costs beside training without privacy.

One step's gradient, by six ways in one process, interleaved so that a busy machine is unfair to none:

    non-private        the batch's gradient and nothing else
    book-keeping       our engine: `clipped_sum`, a patient per record; and the same records as four of each patient
    Opacus hooks, functorch, ghost       per-record gradients or norms by Opacus, clipped per record
    one patient        our reference: a backward pass for each patient

Time is the median over the repetitions: on a CPU of the process's CPU time on one thread, on a GPU of wall time.
Throughput is relative to non-private. Memory is the peak above the built model, each way in a process of its own, on
a CPU of the resident set with large blocks returned at once (MALLOC_MMAP_THRESHOLD_), on a GPU of allocated memory.
The error is that of the clipped sum against our one-patient engine, |difference| / |sum|.

    python benchmarks/private_training.py [--adapters-only] [--repetitions 7]
    python benchmarks/private_training.py --device cuda --dtype bf16 --model decoder-1b --tokens 512 --batch 16
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from cloister.privacy.patient_gradients import Batch, Engine, clipped_sum

_NORM = 0.5
_CLASSES = 2
Gradients = dict[str, torch.Tensor]
Step = Callable[[], Gradients]


@dataclass(frozen=True)
class Setting:
    """One training to measure."""

    model: str
    adapters: bool
    batch: int
    tokens: int
    device: str
    dtype: str

    def built(self) -> tuple[nn.Module, dict[str, torch.Tensor]]:
        """The model, in train mode, and a batch with ragged masks; the same every time."""
        torch.manual_seed(0)
        model = _MODELS[self.model](self.tokens)
        if self.adapters:
            model = _with_adapters(model, _TARGETS[self.model])
        model = model.to(self.device).train()
        lengths = torch.randint(self.tokens // 4, self.tokens + 1, (self.batch,))
        batch = {
            "input_ids": torch.randint(5, 8000, (self.batch, self.tokens)),
            "attention_mask": (torch.arange(self.tokens)[None] < lengths[:, None]).long(),
            "label": torch.arange(self.batch) % _CLASSES,
        }
        return model, {name: value.to(self.device) for name, value in batch.items()}

    def losses(self, model: nn.Module, batch: Batch) -> torch.Tensor:
        """Cross-entropy, (examples,)."""
        with self._precision():
            logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        return nn.functional.cross_entropy(logits.float(), batch["label"], reduction="none")

    def _precision(self) -> AbstractContextManager[object]:
        return torch.autocast(self.device, torch.bfloat16) if self.dtype == "bf16" else nullcontext()


def main() -> None:
    """Measure and print one table for adapters, one for full training."""
    options = _options()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    if options.memory_of:
        print(_peak_of(Setting(**json.loads(options.setting)), options.memory_of))
        return
    for adapters in (True,) if options.adapters_only else (False,) if options.full_only else (True, False):
        setting = Setting(options.model, adapters, options.batch, options.tokens, options.device, options.dtype)
        _print_table(setting, options.repetitions, options.ways.split(",") if options.ways else list(_WAYS))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=sorted(_MODELS), default="bert-6x256")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--dtype", choices=("fp32", "bf16"), default="fp32", help="bf16: autocast, weights in float32")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--ways", help=f"comma-separated, of: {', '.join(_WAYS)}")
    parser.add_argument("--adapters-only", action="store_true")
    parser.add_argument("--full-only", action="store_true")
    parser.add_argument("--memory-of", choices=sorted(_WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--setting", help=argparse.SUPPRESS)
    return parser.parse_args()


# Models, from configurations with random weights.


def _bert(tokens: int) -> nn.Module:
    from transformers import BertConfig, BertForSequenceClassification

    config = BertConfig(
        vocab_size=8000,
        hidden_size=256,
        num_hidden_layers=6,
        num_attention_heads=4,
        intermediate_size=1024,
        max_position_embeddings=tokens,
        num_labels=_CLASSES,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    model: nn.Module = BertForSequenceClassification(config)
    # Opacus cannot train them in full: they are looked up once for all examples.
    model.bert.embeddings.position_embeddings.requires_grad_(False)  # type: ignore[union-attr]
    return model


def _decoder(tokens: int) -> nn.Module:
    """1.1 billion parameters, of the shape of TinyLlama."""
    from transformers import LlamaConfig, LlamaForSequenceClassification

    config = LlamaConfig(
        vocab_size=32000,
        hidden_size=2048,
        num_hidden_layers=22,
        num_attention_heads=32,
        num_key_value_heads=4,
        intermediate_size=5632,
        max_position_embeddings=tokens,
        num_labels=_CLASSES,
        pad_token_id=0,
        use_cache=False,
    )
    model: nn.Module = LlamaForSequenceClassification(config)
    return model


_MODELS: dict[str, Callable[[int], nn.Module]] = {"bert-6x256": _bert, "decoder-1b": _decoder}
_TARGETS = {"bert-6x256": ["query", "value"], "decoder-1b": ["q_proj", "v_proj"]}


def _with_adapters(model: nn.Module, targets: list[str]) -> nn.Module:
    from peft import LoraConfig, get_peft_model

    adapted: nn.Module = get_peft_model(
        model, LoraConfig(r=8, lora_alpha=16, target_modules=targets, task_type="SEQ_CLS")
    )
    for name, parameter in adapted.named_parameters():
        if "lora_B" in name:  # zero at the start, which would make the gradients of lora_A zero
            nn.init.normal_(parameter, std=0.02)
    return adapted


# The ways to a step's gradient.


def _trainable(model: nn.Module) -> dict[str, nn.Parameter]:
    return {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}


def _non_private(setting: Setting) -> Step:
    model, batch = setting.built()
    parameters = _trainable(model)

    def step() -> Gradients:
        model.zero_grad(set_to_none=True)
        setting.losses(model, batch).sum().backward()  # type: ignore[no-untyped-call]
        return {name: _of(parameter.grad) for name, parameter in parameters.items()}

    return step


def _ours(engine: Engine, records_of_each: int = 1) -> Callable[[Setting], Step]:
    def prepared(setting: Setting) -> Step:
        model, batch = setting.built()
        patients = setting.batch // records_of_each
        owner = torch.arange(patients).repeat_interleave(records_of_each)
        return lambda: (
            (
                clipped_sum(
                    model, setting.losses, batch, owner, patients, _NORM, engine=engine, micro_batch=setting.batch
                )
            ).gradients
        )

    return prepared


def _opacus(force_functorch: bool) -> Callable[[Setting], Step]:
    def prepared(setting: Setting) -> Step:
        from opacus import GradSampleModule

        model, batch = setting.built()
        parameters = _trainable(model)
        wrapped = GradSampleModule(model, loss_reduction="sum", strict=False, force_functorch=force_functorch)

        def step() -> Gradients:
            wrapped.zero_grad(set_to_none=True)
            setting.losses(wrapped, batch).sum().backward()  # type: ignore[no-untyped-call]
            return _clipped_as_opacus_does(parameters)

        return step

    return prepared


def _clipped_as_opacus_does(parameters: Mapping[str, Any]) -> Gradients:
    """The arithmetic of DPOptimizer.clip_and_accumulate, with our bound."""
    norms = torch.stack([value.grad_sample.flatten(1).norm(dim=1) for value in parameters.values()], dim=1).norm(dim=1)
    factors = (_NORM / norms).clamp(max=1.0)
    found = {}
    for name, value in parameters.items():
        found[name] = torch.einsum("i,i...", factors.to(value.grad_sample.dtype), value.grad_sample)
        value.grad_sample = None
    return found


def _opacus_ghost(setting: Setting) -> Step:
    from opacus.grad_sample import GradSampleModuleFastGradientClipping

    model, batch = setting.built()
    parameters = _trainable(model)
    wrapped = GradSampleModuleFastGradientClipping(
        model, loss_reduction="sum", strict=False, max_grad_norm=_NORM, use_ghost_clipping=True
    )

    def step() -> Gradients:
        wrapped.zero_grad(set_to_none=True)
        losses = setting.losses(wrapped, batch)
        losses.sum().backward(retain_graph=True)  # type: ignore[no-untyped-call]
        norms = wrapped.get_norm_sample()
        wrapped.zero_grad(set_to_none=True)
        wrapped.disable_hooks()
        (losses * (_NORM / norms).clamp(max=1.0)).sum().backward()
        wrapped.enable_hooks()
        return {name: _of(parameter.grad) for name, parameter in parameters.items()}

    return step


def _of(gradient: torch.Tensor | None) -> torch.Tensor:
    assert gradient is not None  # noqa: S101
    return gradient


_WAYS: dict[str, Callable[[Setting], Step]] = {
    "non-private": _non_private,
    "book-keeping": _ours("book-keeping"),
    "book-keeping of 4 records a patient": _ours("book-keeping", 4),
    "Opacus hooks": _opacus(force_functorch=False),
    "Opacus functorch": _opacus(force_functorch=True),
    "Opacus ghost": _opacus_ghost,
    "one patient": _ours("one-patient"),
}
_COMPARABLE = {"book-keeping", "Opacus hooks", "Opacus functorch", "Opacus ghost"}
"""Those that clip one record a patient."""


# Measuring.


def _print_table(setting: Setting, repetitions: int, ways: list[str]) -> None:
    steps: dict[str, Step] = {}
    failed: dict[str, str] = {}
    sums: dict[str, Gradients] = {}
    for way in ways:
        try:
            steps[way] = _WAYS[way](setting)
            sums[way] = {name: value.detach().cpu() for name, value in steps[way]().items()}  # and warms up
        except (RuntimeError, ValueError, NotImplementedError, AttributeError) as problem:
            steps.pop(way, None)
            failed[way] = str(problem).partition("\n")[0]
    seconds = _interleaved(steps, repetitions, setting.device)
    steps.clear()  # the memory is the next processes'
    if setting.device == "cuda":
        torch.cuda.empty_cache()
    memory = {way: _peak_in_own_process(setting, way) for way in seconds}
    trainable = sum(value.numel() for value in next(iter(sums.values())).values())
    kind = "adapters (LoRA r 8)" if setting.adapters else "full training"
    clock = "CPU time, 1 thread" if setting.device == "cpu" else "wall time"
    print(
        f"\n{setting.model}, {kind}: {trainable:,} trainable parameters; batch {setting.batch} x {setting.tokens} "
        f"tokens, {setting.device} {setting.dtype}, {repetitions} repetitions, {clock}; torch {torch.__version__}"
    )
    columns = f"{'ms':>8} {'min..max':>15} {'throughput':>10} {'tokens/s':>10} {'MB':>8} {'memory':>7} {'error':>8}"
    print(f"{'way':<34} {columns}")
    base = ways[0]
    for way in ways:
        if way in failed:
            print(f"{way:<34} fails: {failed[way]}")
            continue
        took = statistics.median(seconds[way])
        # Ratios within each repetition: what slows the machine for a while slows both.
        ratio = statistics.median(b / w for b, w in zip(seconds[base], seconds[way], strict=True))
        error = f"{_error(sums[way], sums['one patient']):8.1e}" if way in _COMPARABLE and "one patient" in sums else ""
        spread = f"{min(seconds[way]) * 1e3:.0f}..{max(seconds[way]) * 1e3:.0f}"
        tokens = setting.batch * setting.tokens / took
        print(
            f"{way:<34} {took * 1e3:8.0f} {spread:>15} {ratio:10.3f} {tokens:10,.0f} {memory[way] / 1e6:8.0f} "
            f"{memory[way] / memory[base]:7.3f} {error:>8}"
        )


def _interleaved(steps: Mapping[str, Step], repetitions: int, device: str) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {way: [] for way in steps}
    for _ in range(repetitions):
        for way, step in steps.items():
            seconds[way].append(_timed(step, device))
    return seconds


def _timed(step: Step, device: str) -> float:
    clock = time.perf_counter if device == "cuda" else time.process_time
    if device == "cuda":
        torch.cuda.synchronize()
    began = clock()
    step()
    if device == "cuda":
        torch.cuda.synchronize()
    return clock() - began


def _error(found: Gradients, right: Gradients) -> float:
    """Opacus renames its parameters: the order is the same."""
    pairs = list(zip(found.values(), right.values(), strict=True))
    difference = torch.stack([(a.double() - b.double()).norm() for a, b in pairs]).norm()
    return float(difference / torch.stack([b.double().norm() for _, b in pairs]).norm())


def _peak_in_own_process(setting: Setting, way: str) -> float:
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "MALLOC_MMAP_THRESHOLD_": "65536",
        "MALLOC_TRIM_THRESHOLD_": "65536",
    }
    command = [sys.executable, __file__, "--memory-of", way, "--setting", json.dumps(vars(setting))]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def _peak_of(setting: Setting, way: str) -> float:
    """Bytes above the built model during two steps, the first of which loads whatever is loaded late."""
    step = _WAYS[way](setting)
    if setting.device == "cuda":
        step()
        built = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        step()
        return float(torch.cuda.max_memory_allocated() - built)
    _small(setting, way)
    before = _resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    step()
    step()
    return _resident("VmHWM") - before


def _small(setting: Setting, way: str) -> None:
    """The same code on next to nothing, so that what it imports and initialises is not counted."""
    _WAYS[way](Setting(setting.model, setting.adapters, 4, 8, setting.device, setting.dtype))()


def _resident(key: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key):
            return float(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/self/status has no {key}")


if __name__ == "__main__":
    main()
