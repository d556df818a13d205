"""Libraries that Beam brings and that its interfaces are made of; they are Beam's dependencies and not ours."""

from apache_beam.runners.portability import local_job_service

grpc, json_format, text_format = (getattr(local_job_service, name) for name in ("grpc", "json_format", "text_format"))
