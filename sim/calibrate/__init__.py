"""Exports of trackers become a scenario, and a scenario is held against history.

Data flows one way: file → columns of text → tickets and sprints → fitted figures → scenario text;
`backtest` fits the earlier part of a history and simulates the later.
"""
