"""Bare int8 matrix-vector products: how fast weights can be read at all."""

from collections.abc import Callable, Sequence

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from chatlstm.engine.graph import IR_VERSION, OPSETS


def open_products(shapes: Sequence[tuple[int, int]]) -> Callable[[], object]:
    """Prepare the products of matrices with a vector, all of bytes, on one core.

    Args:
        shapes: Rows and columns of each matrix; one width of columns for all.

    Returns:
        What computes all of them once.

    Example:
        >>> [product.shape for product in open_products([(8, 4), (6, 4)])()]
        [(1, 8), (1, 6)]
    """
    random = np.random.default_rng(1)
    nodes, matrices, products = [], [], []
    for number, (rows, columns) in enumerate(shapes):
        matrix = random.integers(-127, 128, (columns, rows)).astype(np.int8)
        matrices.append(numpy_helper.from_array(matrix, f"matrix{number}"))
        nodes.append(helper.make_node("MatMulInteger", ["x", f"matrix{number}", "middle"], [f"product{number}"]))
        products.append(helper.make_tensor_value_info(f"product{number}", TensorProto.INT32, [1, rows]))
    x = helper.make_tensor_value_info("x", TensorProto.UINT8, [1, shapes[0][1]])
    middle = numpy_helper.from_array(np.array(128, np.uint8), "middle")
    graph = helper.make_graph(nodes, "products", [x], products, [*matrices, middle])
    model = helper.make_model(graph, opset_imports=OPSETS, ir_version=IR_VERSION)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    vector = random.integers(0, 256, (1, shapes[0][1])).astype(np.uint8)
    return lambda: session.run(None, {"x": vector})
