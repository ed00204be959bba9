// What a colour means in every picture of the page. People who see colours differently can tell them
// apart.

// As `sim/report/style.py` has them.
export const ON_FRONT = "#0072B2", BEHIND = "#767676";

// As the report's bars have them (`sim/report/time_pictures.py`).
export const ACTIVITIES = {
  stories: { label: "stories", colour: "#56B4E9" },
  incidents: { label: "incidents", colour: "#D55E00" },
  improvements: { label: "improvements", colour: "#009E73" },
  switching: { label: "switching", colour: "#332288" },
  ceremonies: { label: "Scrum events", colour: "#BBBBBB" },
  absence: { label: "absence", colour: "#888888" },
  idle: { label: "idle", colour: "#EEEEEE" },
};

// Of an incident's time: unlike the report's, none has the colour of an activity, but that in which
// developers are at work on it.
export const STAGES = {
  incident_closed_hours: "#DDDDDD",
  incident_first_line_hours: "#117733",
  incident_sprint_boundary_hours: "#E69F00",
  incident_queue_hours: "#CC79A7",
  incident_suspended_hours: "#882255",
  incident_in_work_hours: ACTIVITIES.incidents.colour,
};

// On a map, where each policy has its letter, too; as `sim/report/style.py` has them.
export const POLICIES = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#B3A500",
  "#332288", "#882255", "#117733", "#999999"];
