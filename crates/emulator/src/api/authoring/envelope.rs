//! The response to create and update: the configuration with its verdict.

use ajo_core::Api;
use ajo_core::rules::Finding;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::api::authoring::can_deploy::{Verdict, can_deploy};
use crate::api::authoring::config_view::ConfigView;
use crate::api::response::{self, Answer};
use crate::state::config::Config;
use crate::state::quirks::Switches;

pub(super) fn envelope(
    api: Api,
    config: &Config,
    status: &'static str,
    shown: &ConfigView<'_>,
    findings: Vec<Finding>,
    switches: &Switches,
) -> Answer {
    let can_deploy = can_deploy(api, config, findings, switches);
    response::ok(&Envelope { api, uid: &config.uid, status, shown, can_deploy })
}

struct Envelope<'w> {
    api: Api,
    uid: &'w str,
    status: &'static str,
    shown: &'w ConfigView<'w>,
    can_deploy: Verdict,
}

impl Serialize for Envelope<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let base = match self.api {
            Api::Capping => "/voyager/apis/endpointConfigs/",
            Api::Throttling => "/voyager/apis/throttlingConfigs/",
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(&[self.status, "Element"].concat(), self.shown)?;
        map.serialize_entry("uid", self.uid)?;
        map.serialize_entry("uri", &[base, self.uid].concat())?;
        map.serialize_entry("resStatus", self.status)?;
        map.serialize_entry("canDeploy", &self.can_deploy)?;
        map.end()
    }
}
