"""Streets, towns, facilities and employers, as data."""

from __future__ import annotations

STREETS = (
    "Willow Street", "Old Mill Road", "Main Street", "N. 14th Avenue", "Birchwood Lane", "Martin Luther King Blvd",
    "County Road 210", "Harbor View Drive", "Church St", "Quarry Hill Rd", "Maple Court", "E. Jefferson Ave",
    "St. James Place", "Sunset Terrace", "Route 9", "Orchard Circle", "Kingsley Square", "Prairie Wind Way",
    "Elm Street", "Cedar Ridge Parkway", "Van Buren St", "Pine Hollow Trail", "Rue Royale", "Calle Mayor",
)  # fmt: skip
UNITS = ("Apt 4B", "Unit 12", "#307", "Apt. 2", "Lot 18", "Suite 5")

FACILITIES = (
    "Brookside Nursing Home", "Golden Oaks Assisted Living", "Lakeview Rehabilitation Center", "Pinecrest Hospice",
    "Fairmont Dialysis Clinic", "Good Shepherd Care Center", "Evergreen Pulmonary Associates",
    "Summit Cardiology Group", "Valley Family Practice", "Bluestone Oncology Clinic", "Heritage Manor",
    "Mercy Walk-In Clinic", "Crossroads Urgent Care", "Larkspur Home Health",
)  # fmt: skip
EMPLOYERS = (
    "Hartwell Steel", "Dunmore Paper Mill", "Kestrel Freight Lines", "Bluebird Diner", "Ashby Elementary School",
    "Tri-County Electric", "Novak & Sons Roofing", "Silverline Bus Company", "Oakdale Quarry", "Pemberton Textiles",
    "Redwing Logistics", "Castle Rock Brewery", "Marlowe Insurance", "Delmar Shipyard",
)  # fmt: skip
