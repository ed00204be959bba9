"""What-if over many scenarios and policies: from a comparison to a decision.

A question becomes studies (`sim.experiment.study.Study`), a runner computes them side by side, and each
module here reads its answer off the observations: `sweep`, `policy_map`, `recommend`, `sensitivity`,
`hire`. What is wanted is a `Goal`: one figure to maximise or minimise, under promises.
"""
