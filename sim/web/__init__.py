"""The live what-if page: `firelane web`.

A state (`state`) comes with every request, whole, from the page's address; a desk (`desk`) computes it
in forked workers, the latest request of a visitor first; `views` turns observations into what the page
draws; `app` answers requests. The page itself lies in `static`.
"""
