//! Adobe's contradicting statements about the default cap.

/// The readings of Adobe's statements about the default cap.
///
/// ```
/// use ajo_simulator::{ConfiguredLimits, DefaultCapRules, DefaultCapScope, LimitName, Scenario, SimulationMode, simulate};
///
/// let capping = serde_json::json!({"url": "https://a.example/*", "methods": ["POST"],
///     "services": {"action": {"rating": {"maxCallsCount": 6000, "periodInMs": 1000}}}});
/// let mut scenario = Scenario::new("1x1".parse()?, ConfiguredLimits::from_definitions(None, &[capping])?);
/// assert_eq!(scenario.default_cap, DefaultCapRules { scope: DefaultCapScope::Host, is_replaced: true });
/// let names = |scenario: &Scenario| -> Result<Vec<LimitName>, _> {
///     simulate(scenario, SimulationMode::Exact).map(|it| it.limits.iter().map(|it| it.limit.name).collect())
/// };
/// assert_eq!(names(&scenario)?, [LimitName::Capping]);
/// scenario.default_cap.is_replaced = false;
/// assert_eq!(names(&scenario)?, [LimitName::Capping, LimitName::DefaultCap]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefaultCapRules {
    pub scope: DefaultCapScope,
    /// Whether a configuration replaces the default cap, as two pages say. One of them also says that only Adobe's support raises
    /// it.
    pub is_replaced: bool,
}

impl Default for DefaultCapRules {
    fn default() -> Self {
        Self { scope: DefaultCapScope::default(), is_replaced: true }
    }
}

/// The calls that the default cap counts together. One page says all three.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DefaultCapScope {
    #[default]
    Host,
    Endpoint,
    Domain,
}
