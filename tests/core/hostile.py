"""Text as nobody types it by accident: prefixes, formatting, what shows nothing, halves of characters."""

from hypothesis import strategies as st

HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from("!！/／*_~`@ab \n\t\u00a0\u200b\u200d\u202e\u2066\u0301\ufe0f\u3164\x00。，.你好😀🇨🏽\ud83d"),
        st.characters(),
    ),
    max_size=60,
)
