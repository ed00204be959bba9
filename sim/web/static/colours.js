// What a colour means in every picture of the page: names of the style sheet's, so that dark is dark everywhere.

export const ACTIVITIES = {
  stories: { label: "stories", colour: "var(--story)" },
  incidents: { label: "incidents", colour: "var(--t2)" },
  improvements: { label: "improvements", colour: "var(--improve)" },
  switching: { label: "finding back", colour: "var(--back)" },
  ceremonies: { label: "meetings", colour: "var(--meet)" },
  absence: { label: "away", colour: "var(--away)" },
  idle: { label: "idle", colour: "var(--idle)" },
};

// Of an incident's time: waiting never has the colour of work.
export const STAGES = {
  incident_closed_hours: "var(--w-closed)",
  incident_first_line_hours: "var(--w-first)",
  incident_sprint_boundary_hours: "var(--w-plan)",
  incident_queue_hours: "var(--w-queue)",
  incident_suspended_hours: "var(--w-aside)",
  incident_in_work_hours: ACTIVITIES.incidents.colour,
};

// On a map, where each policy has its letter, too; as `sim/report/style.py` has them.
export const POLICIES = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#B3A500",
  "#332288", "#882255", "#117733", "#999999"];
