"""`dragoman` and `python -m bot`."""


def main() -> None:
    # Inside, so that importing this module costs nothing.
    from bot.cli.app import app

    app(prog_name="dragoman")


if __name__ == "__main__":
    main()
