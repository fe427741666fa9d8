//! Reports of small facts: what is said, how soon, and that the score adds up.
