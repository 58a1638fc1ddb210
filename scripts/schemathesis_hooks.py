"""What schemathesis has to know about this API: how to sign in, what exists, and where the contract says less than it means."""

import json
import os
import urllib.request
import zlib

import schemathesis

BASE = os.environ["KSEF_URL"]
CONTROL = BASE.removesuffix("/v2") + "/_sandbox/"
OWNER = {"type": "Nip", "value": "5265877635"}


def ask(url, body=None, bearer=None):
    """The JSON that an address answers; with a body by POST."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    if bearer:
        request.add_header("authorization", f"Bearer {bearer}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request) as answer:
        return json.load(answer)


@schemathesis.auth(cache_by_key=lambda case, context: kind_of_bearer(case.path))
class Bearer:
    """The bearers of the owner of a context, by the kind that an operation wants."""

    def get(self, case, context):
        signed_in = ask(CONTROL + "login", {"context": OWNER})
        return signed_in[kind_of_bearer(case.path)]["token"]

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


def kind_of_bearer(path):
    if path == "/auth/token/refresh":
        return "refreshToken"
    if path in ("/auth/{referenceNumber}", "/auth/token/redeem"):
        return "authenticationToken"
    return "accessToken"


class World:
    """References and numbers of what exists in the sandbox."""

    def __init__(self):
        bearer = ask(CONTROL + "login", {"context": OWNER})["accessToken"]["token"]
        for name in ("Odczyt faktur", "Wystawianie faktur"):
            ask(BASE + "/tokens", {"permissions": ["InvoiceRead"], "description": name}, bearer)
        sessions = ask(CONTROL + "sessions")["sessions"]
        accepted = ask(CONTROL + "accepted")["invoices"]
        tokens = ask(CONTROL + "tokens")["tokens"]
        self.sessions = [it["referenceNumber"] for it in sessions]
        self.upos = [page for it in sessions for page in it["upoPages"]]
        self.invoices = [it["referenceNumber"] for it in accepted]
        self.numbers = [it["acceptance"]["ksefNumber"] for it in accepted]
        self.tokens = [it["referenceNumber"] for it in tokens]
        self.certificates = [it["certificateSerialNumber"] for it in ask(CONTROL + "certificates")["certificates"]]
        assert self.sessions and self.upos and self.numbers, "the world is empty"

    def known(self, path, name):
        """Values of a path parameter that exist."""
        if name == "invoiceReferenceNumber":
            return self.invoices
        if name == "ksefNumber":
            return self.numbers
        if name == "upoReferenceNumber":
            return self.upos
        if name in ("serialNumber", "certificateSerialNumber"):
            return self.certificates
        if name == "referenceNumber" and path.startswith("/sessions/"):
            return self.sessions
        if name == "referenceNumber" and path.startswith("/tokens/"):
            return self.tokens
        return []


_world = []


def world():
    if not _world:
        _world.append(World())
    return _world[0]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Two of three right requests are about something that exists."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    for name, value in list((case.path_parameters or {}).items()):
        known = world().known(case.path, name)
        draw = zlib.crc32(str(value).encode())
        if known and draw % 3:
            case.path_parameters[name] = known[draw % len(known)]


# Came to requests after API 2.6; the sandbox serves clients that do not know them yet.
LATER = {"collectiveIdentifier", "invoiceExportStatus"}


@schemathesis.hook
def filter_query(context, query):
    """A parameter without a value counts as a missing one, as the framework behind the real server takes it."""
    return not any(is_blank(value) for value in (query or {}).values())


def is_blank(value):
    """Whether a value leaves nothing behind `name=`; of a list the first counts."""
    if isinstance(value, list):
        return not value or is_blank(value[0])
    return value in ("", None, {})


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Bodies may be what the server takes beyond the contract; answers are judged by the contract as it is."""
    schemas = raw_schema["components"]["schemas"]
    for path, methods in raw_schema["paths"].items():
        for operation in methods.values():
            if path.startswith("/permissions/query/"):
                forget_size_of_pages(operation)
            for content in operation.get("requestBody", {}).get("content", {}).values():
                content["schema"] = as_taken(content["schema"], schemas)


def forget_size_of_pages(operation):
    """Lists of permissions take any size of pages, as the real server was seen to do."""
    for parameter in operation["parameters"]:
        if parameter["name"] == "pageSize":
            parameter["schema"] = {"type": "integer", "format": "int32"}


def as_taken(node, schemas):
    """A schema of a body with everything that it refers to, in copies of their own.

    An optional member may be null: clients in the wild send it, and the server takes it for a missing one.
    """
    if isinstance(node, list):
        return [as_taken(item, schemas) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[1]
        copy = f"{name}InBody"
        if copy not in schemas:
            schemas[copy] = {}
            schemas[copy] = as_taken(schemas[name], schemas)
        return {"$ref": f"#/components/schemas/{copy}"}
    taken = {key: as_taken(value, schemas) for key, value in node.items() if key not in ("example", "examples")}
    if "required" in taken:
        taken["required"] = [name for name in taken["required"] if name not in LATER]
        if not taken["required"]:
            del taken["required"]
    for name, member in taken.get("properties", {}).items():
        if name not in taken.get("required", []):
            if "$ref" in member:
                member = taken["properties"][name] = {"allOf": [member]}
            member["nullable"] = True
    return taken
