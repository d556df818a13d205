"""Workers of another version than the command."""

from types import SimpleNamespace

import pytest
from apache_beam.options.pipeline_options import DebugOptions, PipelineOptions, SetupOptions
from apache_beam.options.value_provider import RuntimeValueProvider
from apache_beam.portability.api import beam_fn_api_pb2, beam_runner_api_pb2
from apache_beam.runners.worker import bundle_processor
from apache_beam.runners.worker.sdk_worker import SdkWorker

from pipeline.engines import same_version
from schemas.outcomes import UserError


@pytest.mark.parametrize(("told", "refused"), [(same_version.here(), False), ("0.0.1/2.77.0/3.11", True)])
def test_a_worker_of_another_version_answers_with_an_error(
    told: str, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which names both; the engine hands it on as it hands on what our code raises."""
    monkeypatch.setattr(SdkWorker, "process_bundle", lambda *work: "done")
    monkeypatch.setattr(RuntimeValueProvider, "runtime_options", {"experiments": [f"triptych_versions={told}"]})
    same_version.meet()
    request = beam_fn_api_pb2.InstructionRequest(instruction_id="1")
    request.process_bundle.process_bundle_descriptor_id = "1"
    port = beam_fn_api_pb2.RemoteGrpcPort(api_service_descriptor={"url": "engine:1"})
    spec = beam_runner_api_pb2.FunctionSpec(urn=bundle_processor.DATA_INPUT_URN, payload=port.SerializeToString())
    source = beam_runner_api_pb2.PTransform(spec=spec)
    opened: list[str] = []
    channels = SimpleNamespace(create_data_channel_from_url=opened.append)
    fns = {"1": beam_fn_api_pb2.ProcessBundleDescriptor(transforms={"source": source})}
    worker = SdkWorker(SimpleNamespace(fns=fns, data_channel_factory=channels))
    if not refused:
        assert worker.do_instruction(request) == "done"
        return
    with pytest.raises(
        UserError, match=r"the command has triptych 0\.0\.1, apache-beam 2\.77\.0, Python 3\.11: install"
    ):
        worker.do_instruction(request)
    assert opened == ["engine:1"]


def test_the_versions_go_with_the_options() -> None:
    """As an experiment, which adds to those that a user names, and a plugin, which workers import."""
    options = PipelineOptions([*same_version.options(), "--experiments=mine"])
    assert options.view_as(DebugOptions).experiments == [f"triptych_versions={same_version.here()}", "mine"]
    assert options.view_as(SetupOptions).beam_plugins == ["pipeline.engines.same_version"]
