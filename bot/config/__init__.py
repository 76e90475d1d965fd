"""Typed settings: dragoman.toml, the .env beside it, and the environment. All that is wrong is said at once, by path.

`loading.load` is the only way in. `policy.policy_of` turns the settings into what the core decides by. Nothing here
connects anywhere: whether tokens work is `dragoman doctor`'s business. This package brings nothing up by itself: a
channel's own file needs `inbox`, and `settings` needs all channels.
"""
