"""Every error is ``{"error": {"message": …}}``, in Chinese, without what was sent."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

WORDS = {
    400: "请求看不懂。",
    404: "没有这个页面。",
    405: "不能这样访问。",
    413: "这条消息太大了。",
    500: "系统出了点问题，请过一会儿再试。",
}
HAN = range(0x4E00, 0xA000)


def add_error_handlers(app: FastAPI) -> None:
    """Give every error of the program this one form."""

    @app.exception_handler(RequestValidationError)
    async def refuse(request: Request, error: RequestValidationError) -> JSONResponse:
        places = (e["loc"][1:] for e in error.errors() if e["type"] != "json_invalid")
        where = "、".join(sorted({".".join(map(str, place)) for place in places if place}))
        return answer(422, f"请求的格式不对：{where or 'JSON'}")

    @app.exception_handler(HTTPException)
    async def explain(request: Request, error: HTTPException) -> JSONResponse:
        refused = answer(error.status_code, words_of(error))
        refused.headers.update(error.headers or {})
        return refused

    @app.exception_handler(Exception)
    async def apologise(request: Request, error: Exception) -> JSONResponse:
        return answer(500, WORDS[500])


def answer(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": {"message": message}}, status_code=status)


def words_of(error: HTTPException) -> str:
    """What the route said, where it spoke to residents; otherwise what the status means."""
    if any(ord(c) in HAN for c in error.detail):
        return error.detail
    return WORDS.get(error.status_code, f"出错了（{HTTPStatus(error.status_code).value}）。")
