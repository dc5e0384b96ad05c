"""For whoever watches over the service: is it alive, is the model loaded, how does it fare."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from vistka.serve.access import key_in_headers
from vistka.serve.context import Context


def router(context: Context) -> APIRouter:
    """`/healthz`, `/readyz` and `/metrics`."""
    routes = APIRouter(tags=["health"])
    service = context.service

    @routes.get("/healthz", summary="Alive")
    async def healthz() -> dict[str, str]:
        """200 as long as the process answers, whatever the model does."""
        return {"status": "ok"}

    @routes.get("/readyz", summary="Ready", responses={503: {"description": "The model is not loaded (yet)."}})
    async def readyz() -> JSONResponse:
        """200 when the model is loaded; 503 before, with the reason where it could not be."""
        failure = service.failure
        body = {"status": service.state} | ({"error": failure.line()} if failure else {})
        headers = {"Retry-After": "2"} if service.state == "starting" else None
        return JSONResponse(body, 200 if service.state == "ready" else 503, headers)

    @routes.get("/metrics", summary="Metrics", response_class=Response)
    async def metrics(request: Request) -> Response:
        """Counters in Prometheus' text format."""
        context.access.caller(key_in_headers(request.headers), "metrics")
        return Response(context.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return routes
