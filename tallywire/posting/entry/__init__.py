"""The pages on which people enter declarations: `/enrol`, `/enter` and `/post`, and what their scripts ask for.

They hold no rule. What is sent is an event, signed in the browser and posted like every other; here is only what the
pages show besides: which contests a key is for, what a second person may see of the first reading, and notes.
"""
