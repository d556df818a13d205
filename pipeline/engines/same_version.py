"""A worker of another version than the command says so at its first work, in place of whatever would come of it.

The command's versions go with the pipeline's options; each worker imports this module (Beam calls it a plugin) before it works. It imports
no Beam where it only makes options.
"""

import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from schemas.outcomes import UserError

EXPERIMENT = "triptych_versions="
DATA_INPUT = "beam:runner:source:v1"  # what Beam calls a bundle's input
PACKAGES = ("triptych", "apache-beam")


def here() -> str:
    """The versions of this process, of `PACKAGES` and of Python.

    >>> here().split("/")[-1] == f"{sys.version_info.major}.{sys.version_info.minor}"
    True
    """
    return "/".join([*map(version, PACKAGES), f"{sys.version_info.major}.{sys.version_info.minor}"])


def options() -> list[str]:
    """Beam's options: the versions of this process, and this module for the workers."""
    return [f"--experiments={EXPERIMENT}{here()}", f"--beam_plugin={__name__}"]


def difference(experiments: Sequence[str], ours: str) -> str:
    """What is wrong with a worker of the versions `ours`, "" where nothing is.

    >>> difference(["triptych_versions=1.0.0/2.77.0/3.11"], "1.0.0/2.76.0/3.11")
    "the workers have triptych 1.0.0, apache-beam 2.76.0, Python 3.11; the command has triptych 1.0.0, apache-beam 2.77.0, Python 3.11: \
install the command's versions in the workers' environment (--worker-env, --image)"
    """
    told = [each.removeprefix(EXPERIMENT) for each in experiments if each.startswith(EXPERIMENT)]
    if not told or told[-1] == ours:
        return ""
    return (
        f"the workers have {_named(ours)}; the command has {_named(told[-1])}: "
        "install the command's versions in the workers' environment (--worker-env, --image)"
    )


def _named(versions: str) -> str:
    return ", ".join(map(" ".join, zip((*PACKAGES, "Python"), versions.split("/"), strict=False)))


def meet() -> None:
    """In a worker, compare, and where it is another version let it answer each piece of work with the error.

    Beam has put the options where they are found before it imports plugins. Its own way to raise later would end the worker in place of an
    answer.
    """
    value_provider = sys.modules.get("apache_beam.options.value_provider")
    worker = sys.modules.get("apache_beam.runners.worker.sdk_worker")
    if value_provider is None or worker is None:
        return
    experiments = value_provider.RuntimeValueProvider.get_value("experiments", list, [])
    if message := difference(experiments, here()):

        def refuse(harness: Any, request: Any, instruction: str) -> None:
            _take_data(harness.bundle_processor_cache, request.process_bundle_descriptor_id)
            raise UserError(message)

        worker.SdkWorker.process_bundle = refuse


def _take_data(cache: Any, descriptor: str) -> None:
    """Connect to where the engine sends a bundle's data: it waits for that, for ever, before it hears of an error."""
    from apache_beam.portability.api import beam_fn_api_pb2

    for transform in cache.fns[descriptor].transforms.values():
        if transform.spec.urn == DATA_INPUT:
            port = beam_fn_api_pb2.RemoteGrpcPort.FromString(transform.spec.payload)
            cache.data_channel_factory.create_data_channel_from_url(port.api_service_descriptor.url)


meet()
