//! `ajo api`: a request to any API of Adobe Journey Optimizer.

mod api_request;
mod body;
mod field;
mod header;
mod limit_change;
mod pages;
mod print;

use std::process::ExitCode;

use ajo_auth::BaseUrl;
use ajo_core::{Api, CallError, Client, ErrorKind};

use crate::arguments::{ApiArgs, GlobalSettings, parse_host};
use crate::command_error::CommandError;
use crate::confirm::Confirmation;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::progress_bar::Activity;
use crate::safe_text::safe;
use crate::session::ClientSession;
use api_request::ApiRequest;
use pages::{PagedList, PagesError};

pub(crate) async fn run(settings: &GlobalSettings, args: &ApiArgs) -> Result<ExitCode, CommandError> {
    let request = ApiRequest::from_args(args)?;
    let session = ClientSession::connect_with_hosts(settings, &args.allow_host).await?;
    confirm(args, &session, &request).await?;
    if args.paginate {
        let list = get_pages(settings, &session.client, &request).await?;
        output::print_received_json(&list)?;
    } else {
        match request.build(&session.client, None).response().await {
            Ok(response) => print::print_response(settings, args.include, &response)?,
            Err(error) => {
                print::print_error_response(args.include, &error)?;
                return Err(to_command_error(error, &args.target));
            }
        }
    }
    Ok(ExitStatus::Success.into())
}

/// Asks before a change of a limit that may be live in a production sandbox, as the commands for limits do.
async fn confirm(args: &ApiArgs, session: &ClientSession, request: &ApiRequest<'_>) -> Result<(), CommandError> {
    let (types, yes) = (&session.type_reader, args.yes_arg.yes);
    let confirmation = match limit_change::changed_api(args.method, &args.target) {
        None => None,
        Some(_) if is_other_service(&session.base_url, &args.target) => Confirmation::for_other_service(types, yes),
        Some(Api::Capping) => Confirmation::for_sandbox(types, yes).await,
        Some(Api::Throttling) => Confirmation::for_all_sandboxes(types, yes),
    };
    match confirmation {
        None => Ok(()),
        Some(confirmation) => confirmation.ask(safe!("{} may change a live limit", request)).await,
    }
}

/// Whether the target is a URL with another origin than the base URL.
fn is_other_service(base_url: &BaseUrl, target: &str) -> bool {
    let rest = target.strip_prefix(&base_url.origin());
    !target.starts_with('/') && !rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

/// Gets all pages, or fails.
async fn get_pages(
    settings: &GlobalSettings,
    client: &Client,
    request: &ApiRequest<'_>,
) -> Result<String, CommandError> {
    let mut list = PagedList::default();
    let mut parameter = None;
    let activity = Activity::start("waiting for the service");
    loop {
        let after_pages = |failure: CommandError| match list.page_count() {
            0 => failure,
            count => failure.after(&format!("got {count} pages")),
        };
        let response = request.build(client, parameter.as_ref()).response().await.map_err(|error| {
            print::print_page_error(settings, &error);
            after_pages(to_command_error(error, request.target))
        })?;
        parameter = list.add(&response.body).map_err(|problem| to_pages_error(request, &problem))?;
        if parameter.is_none() {
            return Ok(list.to_json());
        }
        activity.set_message(safe!("got {} pages", list.page_count()));
    }
}

fn to_pages_error(request: &ApiRequest<'_>, problem: &PagesError) -> CommandError {
    let failure = CommandError::new(format!("{request}: {problem}"));
    match problem {
        PagesError::UnknownList => failure
            .with_hint("--paginate supports the lists of journeys, campaigns, content, and suppression; leave it out"),
        PagesError::Incomplete(_) => failure,
    }
}

/// A request that was not sent because it is wrong is a usage error.
fn to_command_error(error: CallError, target: &str) -> CommandError {
    let is_usage_error = matches!(error.kind(), ErrorKind::BuildRequest(_));
    let failure = CommandError::from(error);
    if !is_usage_error {
        return failure;
    }
    let failure = failure.into_usage_error();
    match other_host(target).filter(|_| failure.message.contains("allowed host")) {
        Some(host) => failure.with_hint(format!("to send it the access token, pass --allow-host {host}")),
        None => failure,
    }
}

/// The host of a URL that `--allow-host` can allow.
fn other_host(target: &str) -> Option<&str> {
    let host = target.strip_prefix("https://")?.split(['/', '?', '#']).next()?;
    parse_host(host).ok().map(|_| host)
}
