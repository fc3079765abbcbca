//! The bodies of `create` and `update`, built from a definition.

use std::collections::BTreeSet;

use ajo_core::{CappingDefinition, HttpMethod, ThrottlingDefinition};

use crate::{Capping, Limit, Throttling};

/// A draft that lacks something without which the service would refuse it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it has no {0}")]
pub struct Unsendable(pub &'static str);

impl Capping {
    /// What `create` and `update` take.
    ///
    /// # Errors
    ///
    /// A kind of caller has no rating, or one that lacks a number.
    pub fn to_send(&self) -> Result<CappingDefinition, Unsendable> {
        let limit = |limit: &Option<Limit>| limit.as_ref().map(Limit::to_send).transpose();
        Ok(CappingDefinition {
            url: self.url.clone(),
            methods: methods(&self.methods),
            org_id: None,
            services: ajo_core::CappingServices {
                action: limit(&self.services.action)?,
                data_source: limit(&self.services.data_source)?,
            },
        })
    }
}

impl Limit {
    fn to_send(&self) -> Result<ajo_core::ServiceLimit, Unsendable> {
        let rating = self.rating.as_ref().ok_or(Unsendable("rating"))?;
        Ok(ajo_core::ServiceLimit {
            max_http_connections: self.max_http_connections,
            rating: ajo_core::Rating {
                max_calls_count: rating.max_calls_count.ok_or(Unsendable("maxCallsCount"))?,
                period_in_ms: rating.period_in_ms.ok_or(Unsendable("periodInMs"))?,
            },
        })
    }
}

impl Throttling {
    /// What `create` and `update` take.
    ///
    /// # Errors
    ///
    /// It has no `maxThroughput`.
    pub fn to_send(&self) -> Result<ThrottlingDefinition, Unsendable> {
        Ok(ThrottlingDefinition {
            name: self.name.clone(),
            description: self.description.clone(),
            url_pattern: self.url_pattern.clone(),
            methods: methods(&self.methods),
            max_throughput: self.max_throughput.ok_or(Unsendable("maxThroughput"))?,
        })
    }
}

fn methods(methods: &BTreeSet<String>) -> Vec<HttpMethod> {
    methods.iter().map(|method| HttpMethod::from(method.as_str())).collect()
}
