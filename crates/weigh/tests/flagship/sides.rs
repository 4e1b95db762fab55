//! The case takes no side: contested effects may be absent in it, mechanisms that both sides use share one range, and the
//! claims that divide the two opposed camps follow from what one believes, not from whose claims they are.

use study::case::{Case, Distribution, SaidBy};
use study::findings::Findings;
use study::run::all_options;
use study::{Study, fairness};

use crate::case::{self, bound, case, futures, model_with};

fn range(case: &Case, id: &str) -> (f64, f64) {
    let row = case.uncertainties.iter().find(|row| row.id.value == id);
    match row
        .unwrap_or_else(|| panic!("`{id}` is in the case"))
        .distribution
    {
        Distribution::Uniform { low, high }
        | Distribution::LogUniform { low, high }
        | Distribution::Pert { low, high, .. } => (low, high),
        ref other => panic!("`{id}` is {other:?}"),
    }
}

#[test]
fn every_contested_effect_may_be_absent() {
    let case = case();
    // The declared mark of a contested effect is `neutral`; it lies inside the range, away from its ends.
    let concerns = fairness::of_case(&case);
    let neutral: Vec<_> = concerns
        .iter()
        .filter(|c| c.note.kind.starts_with("neutral"))
        .collect();
    assert!(neutral.is_empty(), "{neutral:?}");
    // A contested row without it is a quantity with a unit, or one of these: a chance or a share has no absent value inside.
    const SHARES: [&str; 17] = [
        "chance_of_compliance",
        "weight_of_force_as_a_threat",
        "fatigue_of_effort",
        "habituation_to_strikes",
        "leak_of_shared_findings",
        "permission_threshold",
        "yield_without_permission",
        "yearly_chance_of_consent",
        "yearly_chance_of_revocation",
        "yearly_chance_of_a_halt",
        "yearly_chance_of_escalation",
        "blame_kept_when_unacknowledged",
        "civilian_share_in_the_long_run",
        "early_civilian_excess",
        "backlash_ratio_under_consent",
        "durable_share_of_detentions",
        "hidden_share_of_homicides",
    ];
    const SUPPLY: [&str; 10] = [
        "interior_seizure_ratio",
        "inactive_share_of_raided_laboratories",
        "inactive_share_of_struck_laboratories",
        "capacity_lost_to_raids",
        "capacity_lost_to_strikes",
        "laboratory_counting",
        "lasting_share_of_suppression",
        "displacement",
        "imported_share_of_guns",
        "death_response_to_supply",
    ];
    for row in &case.uncertainties {
        let id = row.id.value.as_str();
        let bare = row.neutral.is_none() && !row.contested_by.is_empty() && row.unit.value == "dmnl";
        assert!(
            !bare || SHARES.contains(&id) || SUPPLY.contains(&id),
            "`{id}` has no neutral value"
        );
    }
    // What each side hopes for and what each fears has one, by name.
    for id in [
        "growth_of_enforcement_effort",
        "growth_of_intelligence_sharing",
        "value_of_cooperation",
        "findings_gained_by_flights",
        "prevention_effect",
        "justice_effect",
        "treatment_effect",
        "reform_violence",
        "size_of_compliance",
        "suppression_by_strikes",
        "suppression_by_raids",
        "deterrence",
        "backlash",
        "violence_response_to_strikes",
        "violence_response_to_enforcement",
        "violence_response_to_guns",
        "local_violence_multiplier",
        "leavers_per_removal",
        "intelligence_withheld_after_strikes",
        "enforcement_withheld_after_strikes",
        "view_lost_to_strikes",
        "trade_lost_in_a_rupture",
        "scarcity_violence",
        "designation_effect",
    ] {
        let row = case.uncertainties.iter().find(|row| row.id.value == id);
        let row = row.unwrap_or_else(|| panic!("`{id}` is in the case"));
        assert!(row.neutral.is_some(), "`{id}` may be absent");
    }
}

#[test]
fn raids_and_strikes_share_their_ranges() {
    let case = case();
    for (raids, strikes) in [
        ("suppression_by_raids", "suppression_by_strikes"),
        ("capacity_lost_to_raids", "capacity_lost_to_strikes"),
        (
            "inactive_share_of_raided_laboratories",
            "inactive_share_of_struck_laboratories",
        ),
        ("deterrence", "backlash"),
    ] {
        assert_eq!(range(&case, raids), range(&case, strikes), "{raids}, {strikes}");
    }
    for symmetric in [
        "violence_response_to_enforcement",
        "violence_response_to_strikes",
        "leavers_per_removal",
        "justice_effect",
    ] {
        let (low, high) = range(&case, symmetric);
        assert_eq!(low, -high, "{symmetric}");
    }
}

#[test]
fn camps_are_given_equal_room() {
    let case = case();
    for camp in &case.camps {
        let id = &camp.id.value;
        assert_eq!((camp.beliefs.len(), camp.sources.len()), (5, 6), "{id}");
        let claims: Vec<_> = case
            .claims
            .iter()
            .filter(|claim| claim.camp.is_some_and(|of| case.camps[of].id.value == *id))
            .collect();
        let constructed = claims
            .iter()
            .filter(|claim| matches!(claim.said_by, SaidBy::Constructed))
            .count();
        assert!(
            constructed * 2 <= claims.len(),
            "{id}: {constructed} of {} are constructed",
            claims.len()
        );
    }
}

/// What follows from the cases, which differ in their camps only and so share one run.
fn found(cases: [Case; 2]) -> (Study, [Findings; 2]) {
    let model = model_with(&[]);
    let [study, other] = cases.map(|case| bound(case, &model));
    let drawn = futures(&study, 1_500, 3);
    let both = case::found(&[&study, &other], &model, &drawn, 3, all_options(&study));
    let both = both.try_into().expect("findings for each study");
    (study, both)
}

#[test]
fn swapped_beliefs_swap_who_is_right() {
    let camp = |case: &Case, id: &str| {
        case.camps
            .iter()
            .position(|camp| camp.id.value == id)
            .expect("a camp of the case")
    };
    let mut plain = case();
    let (supporters, critics) = (camp(&plain, "act_alone"), camp(&plain, "critics"));
    // Equal values: what is left between them is what they believe.
    plain.camps[critics].values = plain.camps[supporters].values.clone();
    let mut swapped = plain.clone();
    let beliefs = plain.camps[supporters].beliefs.clone();
    swapped.camps[supporters].beliefs = std::mem::replace(&mut swapped.camps[critics].beliefs, beliefs);

    let (study, [before, after]) = found([plain, swapped]);
    let share = |findings: &Findings, claim: usize, camp: usize| {
        let of = findings.claims[claim].by_camp[camp];
        of.count as f64 / of.of.max(1) as f64
    };
    let mut divided = 0;
    for (at, claim) in study.case.claims.iter().enumerate() {
        if before.claims[at].by_camp.is_empty() {
            continue;
        }
        for (one, other) in [(supporters, critics), (critics, supporters)] {
            assert_eq!(
                before.claims[at].by_camp[one], after.claims[at].by_camp[other],
                "{}",
                claim.id.value
            );
        }
        let Some(whose) = claim.camp.filter(|of| [supporters, critics].contains(of)) else {
            continue;
        };
        let opposed = supporters + critics - whose;
        let (own, others) = (share(&before, at, whose), share(&before, at, opposed));
        // A tenth of the futures between the two, and more than chance among the few that fit their beliefs.
        let spread = |camp: usize, p: f64| p * (1.0 - p) / before.claims[at].by_camp[camp].of.max(1) as f64;
        let chance = 3.0 * (spread(whose, own) + spread(opposed, others)).sqrt();
        if (own - others).abs() >= chance.max(0.1) {
            divided += 1;
            assert!(
                own > others,
                "`{}` holds less often where its own camp's beliefs hold",
                claim.id.value
            );
            assert!(share(&after, at, whose) < share(&after, at, opposed));
        }
    }
    assert!(divided >= 4, "only {divided} claims divide the two camps");
    assert_eq!(
        before.camps[supporters].leads_unrestricted,
        after.camps[critics].leads_unrestricted
    );
    assert_eq!(
        before.camps[critics].leads_unrestricted,
        after.camps[supporters].leads_unrestricted
    );
}
