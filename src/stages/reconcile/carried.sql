SELECT account_uid, identity_uid, ownerless, description, rule, decided_on, former_uid FROM carried_ownership
