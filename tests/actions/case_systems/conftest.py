from tests.actions.tickets.conftest import office

__all__ = ["office"]
