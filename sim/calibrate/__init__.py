"""From exports of trackers to a scenario, and a scenario held against history.

Data flows one way: file → columns of text → tickets and sprints → fitted figures → scenario text;
`backtest` fits the earlier part of a history and simulates the later.
"""
