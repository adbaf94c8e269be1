"""The synthetic citizens: people who exist nowhere, the same at every start.

Names, numbers and facts are drawn by seeded generators; a likeness to anybody is chance. It must not know the payment
app, the departments or the institutions: they ask here.
"""

from sandbox.people.birth import TODAY
from sandbox.people.person import Bank, CardStatus, Kin, Person
from sandbox.people.population import POPULATION, People, synthetic_people

__all__ = ["POPULATION", "TODAY", "Bank", "CardStatus", "Kin", "People", "Person", "synthetic_people"]
