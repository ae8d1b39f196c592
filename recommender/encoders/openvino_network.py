"""A BERT encoder with mean pooling as an OpenVINO network, built from its safetensors without torch.

The mathematics is BERT's (Devlin et al., 2019): post-norm layers, exact GELU, absolute positions.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._extras import extra
from .openvino_module import load_openvino

__all__ = ["build_network"]

# Added to the attention of padding before the softmax: next to nothing is left of it.
_FAR_BELOW = 10_000.0


class _Layers:
    """The pieces of the network, with the weights looked up by their names in the file."""

    def __init__(self, weights: dict[str, NDArray[np.float32]], config: dict[str, Any]) -> None:
        self.op = load_openvino().opset13
        self.weights = weights
        self.heads: int = config["num_attention_heads"]
        self.size: int = config["hidden_size"]
        self.epsilon: float = config["layer_norm_eps"]

    def constant(self, values: ArrayLike) -> Any:
        return self.op.constant(np.ascontiguousarray(values))

    def axes(self, *axes: int) -> Any:
        return self.constant(np.array(axes, np.int64))

    def linear(self, x: Any, *names: str) -> Any:
        """One matrix product for one or several dense layers of the same input."""
        weight = np.concatenate([self.weights[f"{name}.weight"] for name in names])
        bias = np.concatenate([self.weights[f"{name}.bias"] for name in names])
        return self.op.add(self.op.matmul(x, self.constant(weight), False, True), self.constant(bias))

    def norm(self, x: Any, name: str) -> Any:
        normal = self.op.mvn(x, self.axes(-1), True, self.epsilon, "INSIDE_SQRT")
        scaled = self.op.multiply(normal, self.constant(self.weights[f"{name}.weight"]))
        return self.op.add(scaled, self.constant(self.weights[f"{name}.bias"]))

    def embeddings(self, ids: Any) -> Any:
        op, weights = self.op, self.weights
        words = op.gather(self.constant(weights["embeddings.word_embeddings.weight"]), ids, op.constant(0))
        places = weights["embeddings.position_embeddings.weight"]
        first_type = weights["embeddings.token_type_embeddings.weight"][0]
        length = op.gather(op.shape_of(ids, output_type="i64"), self.axes(1), self.axes(0))
        used = op.slice(self.constant(places + first_type), self.axes(0), length, self.axes(1), self.axes(0))
        return self.norm(op.add(words, used), "embeddings.LayerNorm")

    def attention(self, x: Any, name: str, padding: Any) -> Any:
        op = self.op
        size = self.size // self.heads

        def by_head(part: str) -> Any:
            parts = op.reshape(self.linear(x, f"{name}.self.{part}"), self.axes(0, 0, self.heads, size), True)
            return op.transpose(parts, self.axes(0, 2, 1, 3))

        query = op.multiply(by_head("query"), self.constant(np.float32(1 / math.sqrt(size))))
        weight = op.softmax(op.add(op.matmul(query, by_head("key"), False, True), padding), -1)
        mixed = op.transpose(op.matmul(weight, by_head("value"), False, False), self.axes(0, 2, 1, 3))
        return self.linear(op.reshape(mixed, self.axes(0, 0, self.size), True), f"{name}.output.dense")

    def layer(self, x: Any, name: str, padding: Any) -> Any:
        op = self.op
        attended = self.attention(x, f"{name}.attention", padding)
        x = self.norm(op.add(attended, x), f"{name}.attention.output.LayerNorm")
        inner = op.gelu(self.linear(x, f"{name}.intermediate.dense"), "erf")
        return self.norm(op.add(self.linear(inner, f"{name}.output.dense"), x), f"{name}.output.LayerNorm")

    def mean(self, x: Any, present: Any) -> Any:
        """The mean over the tokens that are there."""
        op = self.op
        there = op.unsqueeze(present, self.axes(2))
        total = op.reduce_sum(op.multiply(x, there), self.axes(1), False)
        return op.divide(total, op.reduce_sum(there, self.axes(1), False))


def build_network(folder: Path) -> Any:
    """The `openvino.Model` of a BERT folder.

    Inputs: token ids and mask (1 a token, 0 padding), both int32 of shape (n, length). Output: the
    mean of the token vectors, float32 of shape (n, hidden size), not scaled to length 1.
    """
    with extra("fast"):
        from safetensors.numpy import load_file

    config = json.loads((folder / "config.json").read_text("utf-8"))
    layers = _Layers(load_file(folder / "model.safetensors"), config)
    op = layers.op
    ids, mask = op.parameter([-1, -1], np.int32, name="ids"), op.parameter([-1, -1], np.int32, name="mask")
    present = op.convert(mask, "f32")
    absent = op.subtract(present, layers.constant(np.float32(1)))
    padding = op.unsqueeze(op.multiply(absent, layers.constant(np.float32(_FAR_BELOW))), layers.axes(1, 2))
    x = layers.embeddings(ids)
    for number in range(config["num_hidden_layers"]):
        x = layers.layer(x, f"encoder.layer.{number}", padding)
    return load_openvino().Model([op.result(layers.mean(x, present))], [ids, mask], "bert")
