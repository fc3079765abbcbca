//! The properties that the fuzz targets share with the workspace's test suite `properties`.

#[path = "../../tests/properties/properties.rs"]
pub mod properties;
